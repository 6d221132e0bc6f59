import { betweenCharacters, withoutControls } from '../characters.js';

/** Bounds a text without spaces, where words cannot be counted. */
const MAX_AVERAGE_WORD_CHARS = 20;

/** Characters that no summary has, whatever the configured number of words; what stands further back is not read. */
export const MAX_SUMMARY_CHARS = 65_536;

/**
 * The beginning of a summary, on one line of withoutControls characters, at most `maxWords` words: up to the last sentence end
 * within them, or with `…` after the last word when the first sentence takes more than half of the room.
 */
export function boundedSummary(text: string, maxWords: number): string {
  const read = text.slice(0, betweenCharacters(text, Math.min(text.length, MAX_SUMMARY_CHARS)));
  const line = withoutControls(read).replace(/\s+/g, ' ').trim();
  const words = line.split(' ', maxWords).join(' ');
  const beginning = words.slice(0, betweenCharacters(words, Math.min(words.length, maxWords * MAX_AVERAGE_WORD_CHARS)));
  if (beginning.length === line.length && read.length === text.length) return line;
  const end = lastSentenceEnd(beginning);
  return end * 2 >= beginning.length ? beginning.slice(0, end) : `${withoutTail(beginning)}…`;
}

/** A mark that ends a sentence, with the quotes and brackets that close behind it. */
const SENTENCE_END = /[.!?…]["'”’»)\]]*(?= |$)|[。！？]/gu;

function lastSentenceEnd(line: string): number {
  let end = 0;
  for (const { index, 0: mark } of line.matchAll(SENTENCE_END)) end = index + mark.length;
  return end;
}

/** Without what no text ends with before `…`. A loop: a regular expression for an end is quadratic on hostile text. */
function withoutTail(line: string): string {
  let end = line.length;
  while (end > 0 && ' ,;:–—-'.includes(line.charAt(end - 1))) end -= 1;
  return line.slice(0, end);
}
