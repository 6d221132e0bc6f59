import { z } from 'zod';
import type { Usage } from '../../domain/cost.js';

/** No call of ours comes near it; a greater number is a mistake, or an attack on a budget. */
const MAX_TOKENS = 1_000_000_000;

const tokens = z
  .union([
    z.number(),
    z
      .string()
      .regex(/^\d{1,12}$/)
      .transform(Number),
  ])
  .pipe(z.number().min(0).max(MAX_TOKENS))
  .nullish()
  .catch(undefined);

/** OpenAI's names, and those of Anthropic (and Cohere), Bedrock and Gemini, which proxies pass on. */
const Counts = z.object({
  prompt_tokens: tokens,
  completion_tokens: tokens,
  total_tokens: tokens,
  input_tokens: tokens,
  output_tokens: tokens,
  cache_creation_input_tokens: tokens,
  cache_read_input_tokens: tokens,
  inputTokens: tokens,
  outputTokens: tokens,
  promptTokenCount: tokens,
  candidatesTokenCount: tokens,
  totalTokenCount: tokens,
});
const counts = Counts.nullish().catch(undefined);
const Billed = z.object({ usage: counts, usageMetadata: counts });

/** Tokens an answer was billed for, whatever else is wrong with it; undefined where the vendor does not say, or says zero. */
export function usageIn(body: unknown): Usage | undefined {
  const { usage, usageMetadata } = Billed.safeParse(Array.isArray(body) ? body[0] : body).data ?? {};
  const said = usage ?? usageMetadata;
  if (!said) return undefined;
  const { input_tokens: fresh, cache_creation_input_tokens: written, cache_read_input_tokens: cached } = said;
  const ofAnthropic = typeof fresh === 'number' ? fresh + (written ?? 0) + (cached ?? 0) : undefined;
  const inputTokens = said.prompt_tokens ?? ofAnthropic ?? said.inputTokens ?? said.promptTokenCount;
  const outputTokens = said.completion_tokens ?? said.output_tokens ?? said.outputTokens ?? said.candidatesTokenCount;
  if (!inputTokens || typeof outputTokens !== 'number' || inputTokens > MAX_TOKENS) return undefined;
  return { inputTokens, outputTokens: Math.max(outputTokens, beyondPrompt(said)) };
}

/** xAI and Gemini leave thoughts out of what they count as the answer, bill them like it, and count them in the total alone. */
function beyondPrompt(said: z.infer<typeof Counts>): number {
  const { prompt_tokens, total_tokens, promptTokenCount, totalTokenCount } = said;
  return prompt_tokens ? (total_tokens ?? 0) - prompt_tokens : (totalTokenCount ?? 0) - (promptTokenCount ?? 0);
}

/** What a failure says about the bill of an answer that came: its tokens, or that nobody knows. */
export function billed(usage: Usage | undefined): { usage: Usage } | { possiblyPaid: true } {
  return usage ? { usage } : { possiblyPaid: true };
}

/** Every tokenizer takes at least one token a word, and four characters of a script without spaces at most for one. */
const CHARACTERS_PER_TOKEN = 4;
const TOKENS_PER_WORD = 0.9;
/** Below this the numbers are too small to prove anything. */
const MIN_TOKENS_FOR_PROOF = 500;

/** Whether so few tokens cannot be all of a text: the vendor cut the prompt to its context by itself, and said nothing. */
export function isTooFewFor(text: string, { inputTokens }: Usage): boolean {
  const unspaced = countOf(
    text,
    /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Hangul}]/gu,
  );
  const words = countOf(
    text,
    /[^\s\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Hangul}]+/gu,
  );
  const least = words * TOKENS_PER_WORD + unspaced / CHARACTERS_PER_TOKEN;
  return least >= MIN_TOKENS_FOR_PROOF && inputTokens < least;
}

function countOf(text: string, pattern: RegExp): number {
  let count = 0;
  pattern.lastIndex = 0;
  while (pattern.test(text)) count += 1;
  return count;
}
