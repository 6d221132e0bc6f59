import { z } from 'zod';
import type { LabelWords } from '../../domain/analyze/sentiment.js';
import { ProviderError, type Provider } from '../provider.js';
import { sentimentAnswer, summaryAnswer } from '../wire/checked-answer.js';
import { secretsOf, type Connection } from '../wire/connection.js';
import { billed } from '../wire/usage.js';
import type { Ask } from './ask.js';
import { labelProbability } from './label-probability.js';
import { answerTokens, outputTokenLimits, type OutputRoom } from './output-token-limit.js';
import { SENTIMENT_INSTRUCTION, SENTIMENT_SCHEMA, summaryInstruction } from './prompts.js';

export interface ChatProviderSettings extends Connection, OutputRoom {
  name: string;
  model: string;
  /** Words that the model uses for our labels. */
  labels?: LabelWords | undefined;
}

const Labelled = z.object({ label: z.string(), score: z.unknown().optional() });

/** Both tasks, by questions to a chat model. */
export function chatProvider(settings: ChatProviderSettings, ask: Ask): Provider {
  const { name, model, maxSummaryWords, labels } = settings;
  const secrets = secretsOf(settings);
  const tokens = answerTokens(maxSummaryWords);
  return {
    name,
    models: { summarize: model, sentiment: model },
    maxOutputTokens: outputTokenLimits(settings),
    async summarize(text, signal) {
      const output = { name: 'summary', maxTokens: tokens.summarize };
      const { value, usage } = await ask(summaryInstruction(maxSummaryWords), text, output, signal);
      return summaryAnswer(String(value), maxSummaryWords, { secrets, text, usage });
    },
    async sentiment(text, signal) {
      const output = { name: 'sentiment', schema: SENTIMENT_SCHEMA, maxTokens: tokens.sentiment };
      const answer = await ask(SENTIMENT_INSTRUCTION, text, output, signal);
      const { label, score } = Labelled.safeParse(answer.value).data ?? {};
      if (label === undefined) {
        throw new ProviderError('BadOutput', 'the answer is not a label and a score', billed(answer.usage));
      }
      const measured = labelProbability(answer.tokens) ?? scoreIn(score);
      return sentimentAnswer(label, measured, labels, { secrets, text, usage: answer.usage });
    },
  };
}

/** Some models put the number in quotes. */
function scoreIn(score: unknown): unknown {
  return typeof score === 'string' && /^(0(\.\d{1,20})?|1(\.0{1,20})?)$/.test(score.trim()) ? Number(score) : score;
}
