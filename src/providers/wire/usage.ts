import { z } from 'zod';
import type { Usage } from '../../domain/cost.js';

const tokens = z.number().nonnegative();
const Billed = z.object({ usage: z.object({ prompt_tokens: tokens, completion_tokens: tokens }) });

/** Tokens an answer was billed for, whatever else is wrong with it; undefined where the vendor does not say. */
export function usageIn(body: unknown): Usage | undefined {
  const usage = Billed.safeParse(body).data?.usage;
  return usage && { inputTokens: usage.prompt_tokens, outputTokens: usage.completion_tokens };
}
