import { FREE_COLUMNS } from './in-place.js';
import type { Screen } from './screen.js';
import { inStyle } from './style.js';
import { fitted, widthOf } from './width.js';

const MAX_BAR = 24;
const MIN_BAR = 4;

/** How far something is, in one line: where it is narrow the bar shrinks first, then goes, and then words are cut. */
export function progressLine({ done, total }: { done: number; total: number }, words: string, screen: Screen): string {
  const room = Math.min(MAX_BAR, screen.width - FREE_COLUMNS - widthOf(words) - 1);
  if (room < MIN_BAR) return fitted(words, screen.width - FREE_COLUMNS);
  const full = total > 0 ? Math.min(room, Math.floor((done / total) * room)) : 0;
  return `${inStyle('green', '█'.repeat(full), screen)}${'░'.repeat(room - full)} ${words}`;
}
