import { ApplicationFailure } from '@temporalio/workflow';
import type { Candidate } from '../domain/plan.js';

/** What the person has to mend: the message names the value. */
export function invalidInput(message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, 'InvalidInput');
}

/**
 * Any Temporal client can start a run, so its input is what came over the wire, whatever its type says.
 * @returns its fields, none of which may be relied on
 */
export function fieldsOf<T extends object>(input: T): Partial<Record<keyof T, unknown>> {
  const untrusted: unknown = input;
  return typeof untrusted === 'object' && untrusted !== null ? untrusted : {};
}

/** @returns undefined for what is left out, which clients in some languages write as null */
export function positive(value: unknown, name: string, unit: string): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number' && value > 0) return value;
  throw invalidInput(`${name}: expected ${unit}, more than 0`);
}

/** Without a price there is no worst case, and so no promise to keep. */
export function requirePrices(candidates: readonly Candidate[]): void {
  const unpriced = candidates.find(({ price }) => price === undefined);
  if (unpriced)
    throw invalidInput(`maxCostUsd needs a price for every provider on the route; ${unpriced.provider} has none`);
}
