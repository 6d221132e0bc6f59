import type { Screen } from './screen.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A time as one tells it: from now on a terminal, near enough; exactly in UTC in a pipe. */
export function clock(atMs: number, { kind, nowMs }: Pick<Screen, 'kind' | 'nowMs'>): string {
  if (kind === 'pipe') return new Date(atMs).toISOString();
  const awayMs = Math.abs(atMs - nowMs);
  if (awayMs < SECOND) return 'now';
  if (awayMs >= DAY) return localTime(atMs);
  return atMs > nowMs ? `in ${coarsely(awayMs)}` : `${coarsely(awayMs)} ago`;
}

/** With its zone: `2026-11-27 14:02 CET`. */
export function localTime(atMs: number, timeZone?: string): string {
  const parts = new Intl.DateTimeFormat('en-GB', {
    ...{ year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' },
    timeZoneName: 'short',
    ...(timeZone !== undefined && { timeZone }),
  }).formatToParts(atMs);
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.find((each) => each.type === type)?.value ?? '';
  return `${part('year')}-${part('month')}-${part('day')} ${part('hour')}:${part('minute')} ${part('timeZoneName')}`;
}

/** Its largest unit alone. */
function coarsely(ms: number): string {
  if (ms < MINUTE) return `${Math.floor(ms / SECOND)} s`;
  return ms < HOUR ? `${Math.floor(ms / MINUTE)} min` : `${Math.floor(ms / HOUR)} h`;
}

/** How long something took: `340 ms`, `3.4 s`, `2 min 5 s`, `1 h 2 min`, `3 d 4 h`; `?` where that is not known. */
export function duration(ms: number): string {
  if (!Number.isFinite(ms) || ms < 0) return '?';
  if (ms < SECOND) return `${Math.round(ms)} ms`;
  if (ms < MINUTE) return `${(ms / SECOND).toFixed(ms < 9_950 ? 1 : 0)} s`.replace(/^60 s$/, '1 min 0 s');
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min ${Math.floor((ms % MINUTE) / SECOND)} s`;
  if (ms < DAY) return `${Math.floor(ms / HOUR)} h ${Math.floor((ms % HOUR) / MINUTE)} min`;
  return `${Math.floor(ms / DAY)} d ${Math.floor((ms % DAY) / HOUR)} h`;
}
