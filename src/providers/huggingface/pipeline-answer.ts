import { z } from 'zod';
import { toLabel, type LabelWords } from '../../domain/analyze/sentiment.js';
import { MAX_SUMMARY_CHARS } from '../../domain/analyze/summary.js';
import { ProviderError } from '../provider.js';

/** No classifier of sentiment knows as many labels. */
const MAX_LABELS = 64;
const MAX_LABEL_CHARS = 4_096;

const Summarized = z.object({ summary_text: z.string().max(MAX_SUMMARY_CHARS) });
const Label = z.object({ label: z.string().max(MAX_LABEL_CHARS), score: z.number() });
type Label = z.infer<typeof Label>;

/**
 * The body of a summarizer as its SDK wants it: a list of one; some servers send the object alone, or lists of lists.
 * @throws ProviderError `BadOutput`
 */
export function summaryBody(json: unknown): [z.infer<typeof Summarized>] {
  const summary = Summarized.safeParse(flat(json)[0]).data;
  if (summary) return [summary];
  throw new ProviderError('BadOutput', 'the answer has no summary_text', { possiblyPaid: true });
}

/**
 * The body of a classifier as its SDK wants it: a list of one list; some servers send the inner one, or one label alone.
 * @throws ProviderError `BadOutput`
 */
export function labelsBody(json: unknown): [Label[]] {
  const labels = z.array(Label).min(1).max(MAX_LABELS).safeParse(flat(json)).data;
  if (labels) return [labels];
  throw new ProviderError('BadOutput', 'the answer has no label and score', { possiblyPaid: true });
}

function flat(json: unknown): unknown[] {
  return [json].flat(3).slice(0, MAX_LABELS + 1);
}

/**
 * The label that the classifier is surest of. Where the configuration maps several of its words to one of ours, as of five
 * stars, their scores are one.
 */
export function bestLabel(labels: readonly Label[], words: LabelWords | undefined): Label {
  const sums = new Map<string, Label>();
  for (const { label, score } of labels) {
    const ours = toLabel(label, words) ?? label;
    sums.set(ours, { label, score: (sums.get(ours)?.score ?? 0) + score });
  }
  const [best] = [...sums.values()].sort((a, b) => b.score - a.score);
  if (best === undefined)
    throw new ProviderError('BadOutput', 'the answer has no label and score', { possiblyPaid: true });
  return { ...best, score: best.score > 1 && best.score < 1.001 ? 1 : best.score };
}
