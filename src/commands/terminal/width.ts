import stringWidth from 'fast-string-width';

/** Columns that a text takes: two for a wide character, none for a combining one. */
export const widthOf = (text: string): number => stringWidth(text);

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** At most so many columns; what is cut off is told by `…`. No character is halved. */
export function fitted(text: string, columns: number): string {
  if (text.length <= columns && /^[\x20-\x7e]*$/.test(text)) return text;
  if (widthOf(text) <= columns) return text;
  let fitting = '';
  let used = 1; // of the ellipsis
  for (const { segment } of graphemes.segment(text)) {
    used += widthOf(segment);
    if (used > columns) break;
    fitting += segment;
  }
  return columns < 1 ? '' : `${fitting}…`;
}

/** A text in lines of at most so many columns, broken at blanks where it has some, and within a word that is longer. */
export function wrapped(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').flatMap((each) => pieces(each, columns))) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (widthOf(longer) <= columns || line === '') line = longer;
    else {
      lines.push(line);
      line = word;
    }
  }
  return [...lines, line];
}

function pieces(word: string, columns: number): string[] {
  if (widthOf(word) <= columns) return [word];
  const found: string[] = [];
  let piece = '';
  for (const { segment } of graphemes.segment(word)) {
    if (piece !== '' && widthOf(piece + segment) > columns) {
      found.push(piece);
      piece = '';
    }
    piece += segment;
  }
  return [...found, piece];
}

export function padded(text: string, columns: number, align: 'left' | 'right'): string {
  const fill = ' '.repeat(Math.max(0, columns - widthOf(text)));
  return align === 'left' ? text + fill : fill + text;
}
