import { printable } from '../../domain/text.js';
import { clock, duration } from './clock.js';
import { money } from './money.js';
import type { Screen } from './screen.js';
import { marked, type Mark } from './style.js';

/** A value, and not yet how it is told: that depends on the screen. A text may be anybody's. */
export type Cell =
  string | number | undefined | { atMs: number } | { tookMs: number } | { usd: number | null } | { mark: Mark };

const count = new Intl.NumberFormat('en-US');

/** One line that a terminal can be given. */
export function told(cell: Cell, screen: Screen): string {
  if (cell === undefined) return '-';
  if (typeof cell === 'string') return printable(cell);
  if (typeof cell === 'number') return screen.kind === 'pipe' ? String(cell) : count.format(cell);
  if ('atMs' in cell) return clock(cell.atMs, screen);
  if ('tookMs' in cell) return duration(cell.tookMs);
  return 'usd' in cell ? money(cell.usd) : marked(cell.mark, screen);
}
