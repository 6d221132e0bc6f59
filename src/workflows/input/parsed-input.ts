import { patched, workflowInfo } from '@temporalio/workflow';
import type { z } from 'zod';
import { parsedAs } from '../../domain/input.js';
import { invalidInput } from './checked-input.js';

/**
 * What any Temporal client may have sent, as what it has to be.
 * @throws ApplicationFailure of type `InvalidInput` that names the field
 */
export function parsedInput<S extends z.ZodType>(schema: () => S, given: unknown): z.output<S> {
  const parsed = parsedAs(schema, given);
  if ('problem' in parsed) throw invalidInput(parsed.problem);
  return parsed.value;
}

/**
 * What an earlier run of the same chain has handed on: a client that starts a run may not speak for one.
 * @throws ApplicationFailure of type `InvalidInput`
 */
export function parsedCarried<S extends z.ZodType>(schema: () => S, carried: unknown): z.output<S> | undefined {
  if (carried === undefined || carried === null) return undefined;
  const isContinued = workflowInfo().continuedFromExecutionRunId !== undefined;
  if (!isContinued && patched('a client may not carry a state')) {
    throw invalidInput('a second argument is for a run that goes on from another: start with one');
  }
  return parsedInput(schema, carried);
}
