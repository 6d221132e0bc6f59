import { CARRIAGE_RETURN, LINE_FEED, type Letters } from '../files/letters.js';

/** How a quote within quotes is written: doubled (RFC 4180), or with a backslash before it as well. */
type Quoting = 'doubled' | 'backslash';

/** A cell as it stands in the file: without the quotes around it, with those within as they are written. */
export interface Cell {
  from: number;
  to: number;
  quoted: Quoting | undefined;
}

/** What begins at a place: a row, something that is none, or what more bytes will tell. `to`: where the next begins. */
export type Scanned = { cells: Cell[]; to: number } | { bad: string; cells: Cell[]; to: number } | 'more';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE = 0x20;

export interface Csv {
  letters: Letters;
  /** Code of a character. */
  delimiter: number;
  /** Cells that a row has; undefined for the header. */
  columns: number | undefined;
}

/**
 * The row that begins at a place. Programs write a quote within quotes in two ways; a row is read in the way that makes
 * as many cells of it as the header has, and is bad when neither does, or both do and make something else of it.
 * @param isLast nothing follows the bytes
 */
export function scanRow(bytes: Buffer, from: number, csv: Csv, isLast: boolean): Scanned {
  const doubled = scan(bytes, from, csv, 'doubled', isLast);
  if (doubled.row !== 'more' && !doubled.hasEscape) return fitting(doubled.row, csv);
  if (!doubled.hasEscape) return 'more';
  const escaped = scan(bytes, from, csv, 'backslash', isLast).row;
  const readings = [doubled.row, escaped].filter((row) => row !== 'more').filter((row) => isGood(fitting(row, csv)));
  const [first, second] = readings.toSorted((a, b) => a.to - b.to);
  if (first === undefined) {
    if (doubled.row === 'more' || escaped === 'more') return 'more';
    return fitting({ ...doubled.row, bad: 'its quotes cannot be read' }, csv);
  }
  if (second?.to !== first.to || sameCells(first.cells, second.cells)) return first;
  return { cells: [], to: first.to, bad: 'a backslash before a quote can be read in two ways' };
}

type Row = Exclude<Scanned, 'more'>;

function isGood(row: Row): boolean {
  return !('bad' in row);
}

function sameCells(some: readonly Cell[], others: readonly Cell[]): boolean {
  return some.every(({ from, to }, at) => from === others[at]?.from && to === others[at].to);
}

/** A row with more or fewer cells than the header has been cut in the wrong places: none of them can be relied on. */
function fitting(row: Row, { columns }: Csv): Row {
  if ('bad' in row || columns === undefined || row.cells.length === columns) return row;
  const { cells } = row;
  if (cells.length === 1 && cells[0]?.from === cells[0]?.to) return { ...row, bad: 'an empty line' };
  const has = `${cells.length} ${cells.length === 1 ? 'cell' : 'cells'}`;
  return { ...row, bad: `${has} where the header has ${columns}; a cell with a delimiter in it needs quotes` };
}

function scan(bytes: Buffer, begin: number, csv: Csv, quoting: Quoting, isLast: boolean) {
  const { unit, bigEndian, lineEnd } = csv.letters;
  const { delimiter } = csv;
  const end = bytes.length - ((bytes.length - begin) % unit);
  const codeAt =
    unit === 1
      ? (at: number) => bytes[at] ?? -1
      : (at: number) => (at + 1 < bytes.length ? bytes.readUInt16LE(at) : -1);
  const code = bigEndian ? (at: number) => (at + 1 < bytes.length ? bytes.readUInt16BE(at) : -1) : codeAt;
  const cells: Cell[] = [];
  let hasEscape = false;
  let oddCells = 0;

  const endsLine = (at: number) =>
    code(at) === lineEnd || (lineEnd === LINE_FEED && code(at) === CARRIAGE_RETURN && code(at + unit) === LINE_FEED);
  const behindLine = (at: number) => (at >= end ? end : code(at) === lineEnd ? at + unit : at + 2 * unit);
  const lineEndFrom = (at: number) => {
    while (at < end && !endsLine(at)) at += unit;
    return at;
  };
  const more = { row: 'more' as const, hasEscape: false };

  for (let at = begin; ;) {
    let opening = at;
    while (code(opening) === SPACE && delimiter !== SPACE) opening += unit;
    if (code(opening) === QUOTE) {
      let closing = opening + unit;
      for (; closing < end; closing += unit) {
        const here = code(closing);
        if (here === BACKSLASH && code(closing + unit) === QUOTE) hasEscape = true;
        if (here === BACKSLASH && quoting === 'backslash') closing += unit;
        else if (here === QUOTE && code(closing + unit) === QUOTE) closing += unit;
        else if (here === QUOTE) break;
      }
      if (closing >= end) return { ...more, hasEscape };
      if (closing + 2 * unit >= end && !isLast) return { ...more, hasEscape }; // what follows the quote decides
      let next = closing + unit;
      while (code(next) === SPACE && delimiter !== SPACE) next += unit;
      if (next >= end && !isLast) return { ...more, hasEscape };
      if (next < end && code(next) !== delimiter && !endsLine(next)) {
        const to = behindLine(lineEndFrom(begin));
        return { row: { cells, to, bad: 'text behind a closing quote' }, hasEscape };
      }
      cells.push({ from: opening + unit, to: closing, quoted: quoting });
      at = next;
    } else {
      let quotes = 0;
      const from = at;
      for (; at < end && code(at) !== delimiter && !endsLine(at); at += unit) if (code(at) === QUOTE) quotes += 1;
      if (at + unit >= end && !isLast) return { ...more, hasEscape };
      cells.push({ from, to: at, quoted: undefined });
      if (quotes % 2 === 1) oddCells += 1;
    }
    if (at < end && code(at) === delimiter) {
      at += unit;
      if (at >= end && !isLast) return { ...more, hasEscape };
      continue;
    }
    if (isLast && at >= end && end < bytes.length)
      return { row: { cells, to: bytes.length, bad: 'ends in the middle of a character' }, hasEscape };
    const to = behindLine(at);
    if (oddCells > 1)
      return { row: { cells, to, bad: 'a quote is opened in one cell and closed in another' }, hasEscape };
    return { row: { cells, to }, hasEscape };
  }
}
