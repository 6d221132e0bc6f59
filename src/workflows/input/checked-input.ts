import { ApplicationFailure } from '@temporalio/workflow';
import type { Candidate } from '../../domain/failover/plan.js';

/** What the person has to mend: the message names the value. */
export function invalidInput(message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, 'InvalidInput');
}

/**
 * Any Temporal client can start a run, so its input is what came over the wire, whatever its type says.
 * @returns its fields, none of which may be relied on; without those that are null, as clients in some languages write
 * what they leave out
 * @throws ApplicationFailure of type `InvalidInput` for an input that is not encrypted where it has to be
 */
export function fieldsOf<T extends object>(input: T): Partial<Record<keyof T, unknown>> {
  const untrusted: unknown = input;
  if (isRefused(untrusted)) throw invalidInput(`the input is ${untrusted[REFUSED]}`);
  const isRecord = typeof untrusted === 'object' && untrusted !== null && !Array.isArray(untrusted);
  const entries = isRecord ? Object.entries(untrusted) : [];
  return Object.fromEntries(entries.filter(([, value]) => value !== null)) as Partial<Record<keyof T, unknown>>;
}

/** Stands in for an input that the worker's codec did not take. */
const REFUSED = 'understudy/refused';

function isRefused(input: unknown): input is Record<typeof REFUSED, string> {
  return typeof input === 'object' && input !== null && REFUSED in input && typeof input[REFUSED] === 'string';
}

/** @returns undefined where none is given. @throws ApplicationFailure of type `InvalidInput` for what is no such number */
export function positive(
  value: unknown,
  name: string,
  unit: string,
  max = Number.MAX_SAFE_INTEGER,
): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'number' && value > 0 && value <= max) return value;
  throw invalidInput(`${name}: expected ${unit}, more than 0 and at most ${max}`);
}

/** Without a price there is no worst case, and so no promise to keep. */
export function requirePrices(candidates: readonly Candidate[]): void {
  const unpriced = candidates.find(({ price }) => price === undefined);
  if (unpriced)
    throw invalidInput(`maxCostUsd needs a price for every provider on the route; ${unpriced.provider} has none`);
}
