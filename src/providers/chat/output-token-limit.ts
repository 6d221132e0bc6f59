type ReasoningEffort = 'none' | 'minimal' | 'low' | 'medium' | 'high';

/** Tokens a model may think with before it answers. They are billed as output, and count towards its limit. */
const THINKING_TOKENS: Record<ReasoningEffort, number> = {
  none: 0,
  minimal: 1_000,
  low: 4_000,
  medium: 16_000,
  high: 32_000,
};

/** Six tokens a word is what the least fitting languages need; the rest is for running over. */
const TOKENS_PER_WORD = 6;
const SPARE_TOKENS = 100;
/** A label, a score and the JSON around them, with a sentence that nobody asked for. */
const JUDGEMENT_TOKENS = 200;

export interface OutputRoom {
  maxSummaryWords: number;
  /** Without it no room is left for thinking: a small context has none to give. */
  reasoningEffort?: ReasoningEffort | undefined;
  /** More room than the task takes, for models that think without being told so. Tokens. */
  maxOutputTokens?: number | undefined;
}

/** What one answer to each task takes, thoughts left out; an answer that reaches it is cut off, and so of no use. Tokens. */
export function answerTokens(maxSummaryWords: number): { summarize: number; sentiment: number } {
  return { summarize: maxSummaryWords * TOKENS_PER_WORD + SPARE_TOKENS, sentiment: JUDGEMENT_TOKENS };
}

/** Tokens beyond the answer itself. */
export function thinkingTokens({ maxSummaryWords, reasoningEffort = 'none', maxOutputTokens }: OutputRoom): number {
  if (maxOutputTokens === undefined) return THINKING_TOKENS[reasoningEffort];
  return Math.max(0, maxOutputTokens - answerTokens(maxSummaryWords).summarize);
}

/** The most a chat model may write in one answer, in tokens, and with that the worst case of what an answer costs. */
export function outputTokenLimits(room: OutputRoom): { summarize: number; sentiment: number } {
  const { summarize, sentiment } = answerTokens(room.maxSummaryWords);
  const thinking = thinkingTokens(room);
  return { summarize: summarize + thinking, sentiment: sentiment + thinking };
}
