import type { z } from 'zod';
import { parsedAs } from '../../domain/input.js';
import { invalidInput } from './invalid-input.js';

/**
 * An argument of an activity as what it has to be: any client of the server may start an activity, without a workflow.
 * @throws ApplicationFailure of type `InvalidInput` that names the field
 */
export function parsedArgument<S extends z.ZodType>(schema: () => S, given: unknown): z.output<S> {
  const parsed = parsedAs(schema, given);
  if ('problem' in parsed) throw invalidInput(parsed.problem);
  return parsed.value;
}
