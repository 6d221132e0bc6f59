export const SENTIMENT_LABELS = ['POSITIVE', 'NEGATIVE', 'NEUTRAL'] as const;
export type SentimentLabel = (typeof SENTIMENT_LABELS)[number];

export interface Sentiment {
  label: SentimentLabel;
  /** Confidence in the label, 0 to 1. */
  score: number;
}

/**
 * Takes what a provider calls a label and a score and makes them ours.
 * @returns undefined for a label that is none of ours in any case, or a score outside 0..1
 */
export function toSentiment(label: unknown, score: unknown): Sentiment | undefined {
  if (typeof label !== 'string' || typeof score !== 'number' || !(score >= 0 && score <= 1)) return undefined;
  const known = SENTIMENT_LABELS.find((candidate) => candidate === label.toUpperCase());
  return known && { label: known, score };
}
