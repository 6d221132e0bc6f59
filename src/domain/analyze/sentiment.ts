export const SENTIMENT_LABELS = ['POSITIVE', 'NEGATIVE', 'NEUTRAL'] as const;
/** What a text can be. */
export type SentimentLabel = (typeof SENTIMENT_LABELS)[number];

/** What the task `sentiment` answers. */
export interface Sentiment {
  label: SentimentLabel;
  /** Confidence in the label, 0 to 1. */
  score: number;
}

/** A vendor's own words for our labels, as the configuration gives them; case and space around do not count. */
export type LabelWords = Readonly<Record<string, SentimentLabel>>;

/** What classifiers shorten the same three words to. */
const SHORT: LabelWords = { POS: 'POSITIVE', NEG: 'NEGATIVE', NEU: 'NEUTRAL' };

/** @returns undefined for a word that is none of our labels and that `words` does not have */
export function toLabel(word: unknown, words: LabelWords = {}): SentimentLabel | undefined {
  if (typeof word !== 'string') return undefined;
  const asked = folded(word);
  const own = Object.entries(words).find(([theirs]) => folded(theirs) === asked)?.[1];
  return (
    own ?? SENTIMENT_LABELS.find((label) => label === asked) ?? (Object.hasOwn(SHORT, asked) ? SHORT[asked] : undefined)
  );
}

/** Whether it is a confidence: a number from 0 to 1. */
export function isScore(score: unknown): score is number {
  return typeof score === 'number' && score >= 0 && score <= 1;
}

function folded(word: string): string {
  return word.trim().toUpperCase();
}
