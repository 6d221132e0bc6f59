import { told, type Cell } from './cell.js';
import type { Screen } from './screen.js';
import { inStyle } from './style.js';
import { fitted, padded, widthOf, wrapped } from './width.js';

export interface Column {
  /** Shown on a terminal. Tables without titles have no head. */
  title?: string;
  align?: 'left' | 'right';
  /** What is too long for the terminal goes on below, and is not cut. */
  wraps?: boolean;
  /** Left out of a terminal where nothing of the rest would have to be cut then; of several, the highest first. */
  spare?: number;
}

const GAP = 2;
const MIN_COLUMN = 8;
const MIN_WRAPPED = 20;

/**
 * Rows for a person: aligned and within the width of a terminal, where columns that can be spared go, then those that wrap
 * become narrower, and only then anything is cut; tabs, exact times and nothing cut in a pipe.
 * @returns lines
 */
export function table(columns: readonly Column[], rows: readonly (readonly Cell[])[], screen: Screen): string[] {
  const texts = rows.map((row) => columns.map((_, at) => told(row[at], screen)));
  if (screen.kind === 'pipe') return texts.map((row) => row.join('\t'));
  const hasHead = columns.some(({ title }) => title !== undefined);
  const titles = columns.map(({ title = '' }) => title.toUpperCase());
  const { places, widths } = laidOut(columns, hasHead ? [titles, ...texts] : texts, screen.width);
  const shown = places.flatMap((at) => columns[at] ?? []);
  const cells = (row: readonly string[]) => places.map((at) => row[at] ?? '');
  const head = hasHead ? drawn(shown, cells(titles), widths).map((line) => inStyle('dim', line, screen)) : [];
  return [...head, ...texts.flatMap((row) => drawn(shown, cells(row), widths))];
}

/** Which columns are shown, and how wide. */
function laidOut(columns: readonly Column[], rows: readonly (readonly string[])[], available: number) {
  const natural = columns.map((_, at) => Math.max(0, ...rows.map((row) => widthOf(row[at] ?? ''))));
  const least = columns.map(({ wraps }, at) => Math.min(natural[at] ?? 0, wraps ? MIN_WRAPPED : Infinity));
  let places = columns.map((_, at) => at);
  const excessOf = (of: readonly number[]) =>
    places.reduce((sum, at) => sum + (of[at] ?? 0), GAP * (places.length - 1)) - available;
  while (excessOf(least) > 0) {
    const [first] = places
      .filter((at) => columns[at]?.spare !== undefined)
      .sort((a, b) => (columns[b]?.spare ?? 0) - (columns[a]?.spare ?? 0));
    if (first === undefined) break;
    places = places.filter((at) => at !== first);
  }
  const widths = [...natural];
  narrow(
    widths,
    places.filter((at) => columns[at]?.wraps),
    excessOf(widths),
    MIN_WRAPPED,
  );
  narrow(widths, places, excessOf(widths), MIN_COLUMN);
  return { places, widths: places.map((at) => widths[at] ?? 0) };
}

/** Takes from the widest of these columns, down to the next widest each time. */
function narrow(widths: number[], places: readonly number[], excess: number, least: number): void {
  for (let left = excess; left > 0;) {
    const widest = Math.max(0, ...places.map((at) => widths[at] ?? 0));
    if (widest <= least) return;
    const at = places.findLast((place) => widths[place] === widest) ?? 0;
    const second = Math.max(least, ...places.map((place) => widths[place] ?? 0).filter((width) => width < widest));
    const gives = Math.min(left, Math.max(1, widest - second));
    widths[at] = widest - gives;
    left -= gives;
  }
}

function drawn(columns: readonly Column[], row: readonly string[], widths: readonly number[]): string[] {
  const cells = columns.map(({ wraps }, at) => {
    const width = widths[at] ?? 0;
    const lines = wraps ? wrapped(row[at] ?? '', width) : [row[at] ?? ''];
    return lines.map((line) => fitted(line, width));
  });
  const height = Math.max(...cells.map((lines) => lines.length));
  return Array.from({ length: height }, (_, line) =>
    columns
      .map(({ align = 'left' }, at) => padded(cells[at]?.[line] ?? '', widths[at] ?? 0, align))
      .join(' '.repeat(GAP))
      .trimEnd(),
  );
}
