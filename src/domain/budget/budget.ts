import type { Attempt } from '../attempt.js';
import { costOf } from '../cost.js';
import type { Candidate } from '../failover/plan.js';

/** Instruction, JSON schema and message framing around a text. */
const FRAME_TOKENS = 600;

/**
 * The most that one request can cost: byte-level tokenizers never make more tokens than bytes, and the answer has a limit.
 * @param textBytes of the text in UTF-8
 * @returns US dollars; null without a price, which is why a budget needs one
 */
export function worstCaseUsd({ price, maxOutputTokens }: Candidate, textBytes: number): number | null {
  const usage = { inputTokens: textBytes + FRAME_TOKENS, outputTokens: maxOutputTokens };
  return costOf(usage, price) ?? null;
}

/**
 * What an attempt may have cost, never too little: as the vendor counted, or all that it can cost where it did not say, or
 * where no answer came that could be used.
 * @param worstCaseUsd of one request; null where it has no price
 * @returns US dollars; null where nobody can say
 */
export function atMostUsdOf(attempt: Attempt, worstCaseUsd: number | null): number | null {
  const { outcome, costUsd, inputTokens, possiblyPaid, outputTokens } = attempt;
  if (costUsd !== undefined && inputTokens !== undefined) return costUsd;
  const mayBeBilled = outcome === 'ok' || possiblyPaid === true || outputTokens !== undefined;
  return mayBeBilled ? worstCaseUsd : 0;
}

/** The same for a call with the provider's own retries. */
export function worstCaseOfCallUsd(candidate: Candidate, textBytes: number): number | null {
  const each = worstCaseUsd(candidate, textBytes);
  return each === null ? null : each * candidate.retry.maximumAttempts;
}

/** @returns the sum of what may have been spent, or null where a part of it is not known */
export function sumUsd(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a + b;
}
