/**
 * Joiners that scripts and emoji need: zero width joiner and non-joiner. All other format characters steer what a reader
 * or a terminal shows: marks of direction, soft hyphens, tags.
 */
const FORMAT = /(?![\u200c\u200d])\p{Cf}/gu;

/**
 * A text that is fit for a terminal, a log and a result: no control character but white space, no format character that
 * reorders or hides, no half of a surrogate pair (U+FFFD stands for it).
 */
export function withoutControls(text: string): string {
  return text
    .replace(/(?!\s)\p{Cc}/gu, ' ')
    .replace(FORMAT, '')
    .replace(/\p{Cs}/gu, '\uFFFD');
}

/** Marks and joiners behind one letter or emoji that are looked through; more of them are not one character. */
const MAX_MARKS = 32;

/** Moves a place of a cut in front of a character that it would split: a surrogate pair, a letter and its accents, a joined emoji. */
export function betweenCharacters(text: string, at: number): number {
  if (at <= 0 || at >= text.length) return at;
  for (let place = at; place > 0 && at - place < MAX_MARKS; place -= 1) {
    if (!isWithin(text, place)) return place;
  }
  return isWithinPair(text, at) ? at - 1 : at;
}

function isWithinPair(text: string, at: number): boolean {
  return /^[\uD800-\uDBFF][\uDC00-\uDFFF]$/.test(text.slice(at - 1, at + 1));
}

function isWithin(text: string, at: number): boolean {
  return isWithinPair(text, at) || /^[\p{M}\u200d]/u.test(text.slice(at, at + 2)) || text.charAt(at - 1) === '\u200d';
}
