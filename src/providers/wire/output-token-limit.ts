export type ReasoningEffort = 'none' | 'minimal' | 'low' | 'medium' | 'high';

/** Tokens a model may think with before it answers. They are billed as output, and count towards its limit. */
const THINKING_TOKENS: Record<ReasoningEffort, number> = {
  none: 0,
  minimal: 1_000,
  low: 4_000,
  medium: 16_000,
  high: 32_000,
};

/** Six tokens a word is what the least fitting languages need; the rest is room for JSON and for running over. */
const TOKENS_PER_WORD = 6;
const SPARE_TOKENS = 200;

/**
 * The most a chat model may write in one answer, in tokens, and with that the worst case of what an answer costs. Far
 * above what a summary takes: an answer that reaches it is cut off, and so of no use.
 */
export function outputTokenLimit(maxSummaryWords: number, effort: ReasoningEffort = 'low'): number {
  return maxSummaryWords * TOKENS_PER_WORD + SPARE_TOKENS + THINKING_TOKENS[effort];
}
