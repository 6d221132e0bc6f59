import { costOf } from './cost.js';
import type { Candidate } from './plan.js';

/** Instruction, JSON schema and message framing around a text. */
const FRAME_TOKENS = 600;

/**
 * The most that asking a provider can cost, its retries in place included: byte-level tokenizers never make more tokens
 * than bytes, and the answer has a limit.
 * @returns US dollars; 0 without a price, which is why a budget needs one
 */
export function worstCaseOfCallUsd({ price, maxOutputTokens, retry }: Candidate, text: string): number {
  const inputTokens = new TextEncoder().encode(text).length + FRAME_TOKENS;
  return (costOf({ inputTokens, outputTokens: maxOutputTokens }, price) ?? 0) * retry.maximumAttempts;
}
