import { betweenCharacters } from '../characters.js';

/** A sentence ends after one of these marks and the space that follows, or at a line break. */
const SENTENCE_END = /[.!?…]["'”’)\]]*\s+|[。！？]|\n+/g;

/** A range of a text, from the first character to before the last. */
export interface TextRange {
  from: number;
  to: number;
}

/**
 * Splits a text at sentence ends into ranges of at most `maxChars`; a sentence that is longer is cut at a space, and
 * where there is none anywhere but inside a character. Plain rules, since `Intl.Segmenter` may answer otherwise after an
 * update of Node, and a replay would differ.
 */
export function split(text: string, maxChars: number): TextRange[] {
  const ranges: TextRange[] = [];
  let from = 0;
  let end = 0; // of the last sentence that still fits
  const cutAt = (to: number) => {
    ranges.push({ from, to });
    from = to;
  };
  for (const sentenceEnd of [...sentenceEnds(text), text.length]) {
    if (sentenceEnd - from > maxChars && end > from) cutAt(end);
    while (sentenceEnd - from > maxChars) cutAt(wordEnd(text, from, maxChars));
    end = sentenceEnd;
  }
  if (from < text.length) cutAt(text.length);
  return ranges;
}

function* sentenceEnds(text: string): Generator<number> {
  for (const { index, 0: mark } of text.matchAll(SENTENCE_END)) yield index + mark.length;
}

/** The search for a space goes back no further than half of a range, so that a text without spaces is read once. */
function wordEnd(text: string, from: number, maxChars: number): number {
  const to = from + maxChars;
  const latterHalf = text.slice(from + Math.ceil(maxChars / 2), to);
  const space = latterHalf.lastIndexOf(' ') + 1;
  if (space > 0) return to - latterHalf.length + space;
  return Math.max(from + 1, betweenCharacters(text, to));
}
