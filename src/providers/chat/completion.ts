import { z } from 'zod';
import { MAX_SUMMARY_CHARS } from '../../domain/analyze/summary.js';
import { ProviderError } from '../provider.js';
import type { Answered } from '../wire/checked-answer.js';
import { listOf, textIn } from './content.js';
import type { Token } from './label-probability.js';
import type { Reply } from './reply.js';

const word = z.string().nullish().catch(undefined);
const token = z.object({ token: z.string(), logprob: z.number() });
/** Far more than an answer of ours has. */
const MAX_TOKENS_READ = 2_000;

const Message = z.object({
  content: z.unknown().optional(),
  refusal: word,
  reasoning_content: z.unknown().optional(),
  reasoning: z.unknown().optional(),
});

/** What we read of a chat completion. All optional: some servers leave fields out, send null, or one thing for a list. */
const Choice = z.object({
  finish_reason: z.unknown().optional(),
  stop_reason: z.unknown().optional(),
  message: z.unknown().optional(),
  delta: z.unknown().optional(),
  text: word,
  error: z.unknown().optional(),
  logprobs: z
    .object({ content: z.array(token).max(MAX_TOKENS_READ).nullish() })
    .nullish()
    .catch(undefined),
});
const Completion = z.object({
  choices: z.unknown().optional(),
  message: z.unknown().optional(),
  done_reason: z.unknown().optional(),
});

/** @throws ProviderError `BadOutput` without a choice */
export function replyIn(body: unknown, { usage }: Pick<Answered, 'usage'>): Reply {
  const completion = Completion.safeParse(listOf(body)[0]).data;
  const bare =
    completion?.message === undefined ? [] : [{ message: completion.message, finish_reason: completion.done_reason }];
  const choice = Choice.safeParse(listOf(completion?.choices)[0] ?? bare[0]).data;
  if (choice === undefined) {
    throw new ProviderError('BadOutput', 'the answer has no choices', usage ? { usage } : { possiblyPaid: true });
  }
  const message = Message.safeParse(listOf(choice.message ?? choice.delta)[0]).data;
  return {
    ending: choice.finish_reason,
    text: textIn(message?.content ?? choice.text, MAX_SUMMARY_CHARS),
    refusal: message?.refusal ?? undefined,
    thought: Boolean(message?.reasoning_content) || Boolean(message?.reasoning),
    tokens: (choice.logprobs?.content ?? []) satisfies readonly Token[],
    error: choice.error,
  };
}
