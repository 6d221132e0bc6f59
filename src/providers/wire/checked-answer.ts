import type { Usage } from '../../domain/cost.js';
import { toSentiment, type Sentiment } from '../../domain/analyze/sentiment.js';
import { ProviderError, type Answer } from '../provider.js';
import { shortened, vendorMessage } from './vendor-message.js';

/** What a message about an answer must not tell, and what the answer cost. */
export interface AnswerContext {
  apiKey: string | undefined;
  text: string;
  usage?: Usage | undefined;
}

/** @throws ProviderError `BadOutput` for a label that is none of ours, or a score outside 0..1 */
export function sentimentAnswer(
  label: string,
  score: unknown,
  { apiKey, text, usage }: AnswerContext,
): Answer<Sentiment> {
  const value = toSentiment(label, score);
  if (value !== undefined) return usage ? { value, usage } : { value };
  const known = toSentiment(label, 0) !== undefined;
  const said = shortened(vendorMessage(label, apiKey, text), 40);
  const message = known ? `the score of ${said} is not between 0 and 1` : `unknown label "${said}"`;
  throw new ProviderError('BadOutput', message, { usage });
}

/** @throws ProviderError `BadOutput` for an empty summary */
export function summaryAnswer(summary: string, usage?: Usage): Answer<string> {
  if (summary === '') throw new ProviderError('BadOutput', 'the answer is empty', { usage });
  return usage ? { value: summary, usage } : { value: summary };
}
