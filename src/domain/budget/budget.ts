import type { Attempt } from '../attempt.js';
import { costOf } from '../cost.js';
import type { Candidate } from '../failover/plan.js';

/** Instruction, JSON schema and message framing around a text. */
const FRAME_TOKENS = 600;

/**
 * The most that asking a provider can cost, its retries in place included: byte-level tokenizers never make more tokens
 * than bytes, and the answer has a limit.
 * @param textBytes of the text in UTF-8
 * @returns US dollars; 0 without a price, which is why a budget needs one
 */
export function worstCaseOfCallUsd(candidate: Candidate, textBytes: number): number {
  return worstCaseOfAttemptUsd(candidate, textBytes) * candidate.retry.maximumAttempts;
}

/** The same for one request. */
export function worstCaseOfAttemptUsd({ price, maxOutputTokens }: Candidate, textBytes: number): number {
  return costOf({ inputTokens: textBytes + FRAME_TOKENS, outputTokens: maxOutputTokens }, price) ?? 0;
}

/**
 * What an attempt may have cost, never too little: as the vendor counted, or all that it can cost where it did not say, or
 * where no answer came that could be used.
 * @param worstCaseUsd of one request
 */
export function mostSpentUsd(attempt: Attempt, worstCaseUsd: number): number {
  const { outcome, costUsd, inputTokens } = attempt;
  if (costUsd !== undefined && inputTokens !== undefined) return costUsd;
  return outcome === 'ok' || mayBeBilled(attempt) ? worstCaseUsd : 0;
}

/** An answer that is of no use, or that never came, may cost as much as one. */
function mayBeBilled({ possiblyPaid, failure, outcome }: Attempt): boolean {
  return possiblyPaid === true || (outcome === 'failed' && (failure === 'BadOutput' || failure === 'Refused'));
}

export function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}
