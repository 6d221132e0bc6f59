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
}

const GAP = 2;
const MIN_COLUMN = 8;

/**
 * Rows for a person: aligned and within the width of a terminal, where the widest column gives way first; tabs, exact times
 * and nothing cut in a pipe.
 * @returns lines
 */
export function table(columns: readonly Column[], rows: readonly (readonly Cell[])[], screen: Screen): string[] {
  const texts = rows.map((row) => columns.map((_, at) => told(row[at], screen)));
  if (screen.kind === 'pipe') return texts.map((row) => row.join('\t'));
  const titles = columns.map(({ title = '' }) => title.toUpperCase());
  const hasHead = titles.some((title) => title !== '');
  const widths = columnWidths([...(hasHead ? [titles] : []), ...texts], screen.width);
  const head = hasHead ? drawn(columns, titles, widths).map((line) => inStyle('dim', line, screen)) : [];
  return [...head, ...texts.flatMap((row) => drawn(columns, row, widths))];
}

function columnWidths(rows: readonly string[][], available: number): number[] {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => widthOf(row[at] ?? ''))));
  const room = available - GAP * (widths.length - 1);
  let excess = widths.reduce((sum, width) => sum + width, 0) - room;
  while (excess > 0) {
    const widest = Math.max(...widths);
    if (widest <= MIN_COLUMN) break;
    const at = widths.lastIndexOf(widest);
    const second = Math.max(MIN_COLUMN, ...widths.filter((width) => width < widest));
    const gives = Math.min(excess, Math.max(1, widest - second));
    widths[at] = widest - gives;
    excess -= gives;
  }
  return widths;
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
