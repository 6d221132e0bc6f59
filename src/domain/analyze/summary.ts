/** Bounds a text without spaces, where words cannot be counted. */
const LONGEST_WORD_ON_AVERAGE = 20;

/**
 * The beginning of a summary, on one line, at most `maxWords` words: up to the last sentence end within them, or with
 * `…` after the last word when the first sentence takes more than half of the room.
 */
export function boundedSummary(text: string, maxWords: number): string {
  const line = text.replace(/\s+/g, ' ').trim();
  const beginning = line
    .split(' ', maxWords)
    .join(' ')
    .slice(0, maxWords * LONGEST_WORD_ON_AVERAGE);
  if (beginning.length === line.length) return line;
  const sentenceEnd = /^.*(?:[.!?…]["'”’»)\]]*(?= |$)|[。！？])/su.exec(beginning)?.[0] ?? '';
  if (sentenceEnd.length * 2 >= beginning.length) return sentenceEnd;
  return `${beginning.replace(/[\uD800-\uDBFF]$|[\s,;:–—-]+$/, '')}…`; // half of a surrogate pair is no character
}
