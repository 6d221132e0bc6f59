import { ApplicationFailure } from '@temporalio/workflow';
import type { Candidate } from '../domain/plan.js';

/** What the person has to mend: the message names the value. */
export function invalidInput(message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, 'InvalidInput');
}

/** Any Temporal client can start a run, so its input is what came over the wire, whatever its type says. */
export function requireLimits({ deadlineMs, maxCostUsd }: { deadlineMs?: number; maxCostUsd?: number }): void {
  if (deadlineMs !== undefined && !(deadlineMs > 0))
    throw invalidInput('deadlineMs: expected milliseconds, more than 0');
  if (maxCostUsd !== undefined && !(maxCostUsd > 0)) throw invalidInput('maxCostUsd: expected US dollars, more than 0');
}

/** Without a price there is no worst case, and so no promise to keep. */
export function requirePrices(candidates: readonly Candidate[]): void {
  const unpriced = candidates.find(({ price }) => price === undefined);
  if (unpriced)
    throw invalidInput(`maxCostUsd needs a price for every provider on the route; ${unpriced.provider} has none`);
}
