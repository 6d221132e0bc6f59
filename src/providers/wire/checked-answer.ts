import type { Usage } from '../../domain/cost.js';
import { isScore, toLabel, type LabelWords, type Sentiment } from '../../domain/analyze/sentiment.js';
import { boundedSummary } from '../../domain/analyze/summary.js';
import { ProviderError, type Answer } from '../provider.js';
import { ANSWER_RUN, withoutSecrets } from './secrets.js';
import { billed } from './usage.js';
import { shortened, vendorMessage, type Untold } from './vendor-message.js';

const MAX_LABEL_CHARS = 40;

/** What came with an answer, and what no message about it may tell. */
export interface Answered extends Untold {
  usage?: Usage | undefined;
}

/** @throws ProviderError `BadOutput` for a label that is none of ours, or a score outside 0..1 */
export function sentimentAnswer(
  label: unknown,
  score: unknown,
  words: LabelWords | undefined,
  answered: Answered,
): Answer<Sentiment> {
  const { usage } = answered;
  const known = toLabel(label, words);
  if (known !== undefined && isScore(score)) return { value: { label: known, score }, ...(usage && { usage }) };
  const said = shortened(vendorMessage(typeof label === 'string' ? label : '', answered), MAX_LABEL_CHARS);
  const message = known === undefined ? `unknown label "${said}"` : `the score of ${said} is not between 0 and 1`;
  throw new ProviderError('BadOutput', message, billed(usage));
}

/**
 * The summary in an answer, as it may be shown: bounded, on one line, printable, and without any key that the vendor gave back.
 * @throws ProviderError `BadOutput` for an empty summary
 */
export function summaryAnswer(summary: string, maxWords: number, { usage, secrets }: Answered): Answer<string> {
  const value = withoutSecrets(boundedSummary(summary, maxWords), secrets, ANSWER_RUN);
  if (value === '') throw new ProviderError('BadOutput', 'the answer is empty', billed(usage));
  return usage ? { value, usage } : { value };
}
