import { z } from 'zod';
import type { Usage } from '../../domain/cost.js';
import type { Sentiment } from '../../domain/analyze/sentiment.js';
import { boundedSummary } from '../../domain/analyze/summary.js';
import { sentimentAnswer, summaryAnswer, type AnswerContext } from '../wire/checked-answer.js';
import { labelProbability, type Token } from './label-probability.js';
import { ProviderError, type Answer } from '../provider.js';
import { usageIn } from '../wire/usage.js';
import { shortened, vendorMessage } from '../wire/vendor-message.js';

const word = z.string().nullish().catch(undefined);
const tokenList = z.array(z.object({ token: z.string(), logprob: z.number() }));

/** What we read of a chat completion. All optional: some servers leave fields out, or send null. */
const Choice = z.object({
  finish_reason: word,
  message: z.object({ content: word, refusal: word }).nullish().catch(undefined),
  logprobs: z.object({ content: tokenList.nullish() }).nullish().catch(undefined),
});
const Completion = z.object({ choices: z.tuple([Choice]).rest(z.unknown()) });

interface Completed {
  content: string;
  tokens: readonly Token[];
  usage: Usage | undefined;
}

export function summaryIn(body: unknown, maxWords: number, context: AnswerContext): Answer<string> {
  const { content, usage } = completedIn(body, context);
  return summaryAnswer(boundedSummary(content, maxWords), usage);
}

export function sentimentIn(body: unknown, context: AnswerContext): Answer<Sentiment> {
  const { content, tokens, usage } = completedIn(body, context);
  const { label, score } = labelledIn(content) ?? {};
  if (label === undefined) throw new ProviderError('BadOutput', 'the answer is not a label and a score', { usage });
  return sentimentAnswer(label, labelProbability(tokens) ?? score, { ...context, usage });
}

function completedIn(body: unknown, { apiKey, text }: AnswerContext): Completed {
  const usage = usageIn(body);
  const [choice] = Completion.safeParse(body).data?.choices ?? [];
  if (choice === undefined) throw new ProviderError('BadOutput', 'the answer has no choices', { usage });
  const { finish_reason: reason, message, logprobs } = choice;
  if (reason === 'content_filter') throw new ProviderError('Refused', 'stopped by a content filter', { usage });
  if (message?.refusal) {
    const said = shortened(vendorMessage(message.refusal, apiKey, text), 200);
    throw new ProviderError('Refused', `the model refused: ${said}`, { usage });
  }
  if (reason === 'length') {
    throw new ProviderError('BadOutput', 'the answer was cut off at its token limit', { usage });
  }
  const content = withoutThoughts(message?.content ?? '');
  if (content === '') throw new ProviderError('BadOutput', 'the answer is empty', { usage });
  return { content, tokens: logprobs?.content ?? [], usage };
}

/** Servers without a parser for reasoning models leave the reasoning in the content. */
function withoutThoughts(content: string): string {
  return content.replace(/^\s*<think>.*?<\/think>/s, '').trim();
}

const Labelled = z.object({ label: z.string(), score: z.unknown().optional() });

/** Models without structured output put the JSON in a code fence, or a sentence before it. */
function labelledIn(content: string): z.infer<typeof Labelled> | undefined {
  try {
    return Labelled.safeParse(JSON.parse(/\{.*\}/s.exec(content)?.[0] ?? '')).data;
  } catch {
    return undefined;
  }
}
