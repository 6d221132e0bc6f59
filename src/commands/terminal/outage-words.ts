import { isFailureKind } from '../../domain/failure.js';
import { dueAtMs, outOfUseIn, type OutageState } from '../../domain/outage/outage.js';
import { printable } from '../../domain/text.js';
import type { Screen } from './screen.js';
import { clock } from './clock.js';

const MAX_CHARS = 80;
const TOLD_BEFORE = /^(?:an outage is open|it failed a moment ago): /;

/** What is the matter, without the names of kinds that stand before it: `503`, `401 invalid API key (set OPENAI_API_KEY)`. */
export function plainly(why: string): string {
  let words = why;
  for (;;) {
    const [kind = ''] = /^\w+(?=: )/.exec(words) ?? [];
    const rest = isFailureKind(kind) ? words.slice(kind.length + 2) : words.replace(TOLD_BEFORE, '');
    if (rest === words) break;
    words = rest;
  }
  const [passing] = /^(?:5\d\d|429)\b/.exec(words) ?? [];
  const line = printable(passing ?? words);
  return line.length > MAX_CHARS ? `${line.slice(0, MAX_CHARS - 1)}…` : line;
}

/** A message that tells of several failures, without the kind that stands before each: who reads it wants what was said. */
export function withoutKinds(message: string): string {
  return message.replace(/(?<=^|[:;] )(\w{1,40}): /g, (whole, kind: string) => (isFailureKind(kind) ? '' : whole));
}

/** `openai is out of use: 503 since 14:02:07, next look in 12 s`; undefined while the unit is in use. */
export function outOfUseWords(unit: string, state: OutageState, screen: Screen): string | undefined {
  if (outOfUseIn(unit, state, screen.nowMs) === undefined) return undefined;
  return `${providerOf(unit)} is ${outageWords(state, screen)}`;
}

/** `out of use: 503 since 14:02:07, next look in 12 s`, of an outage that is open. */
export function outageWords(state: OutageState, screen: Screen): string {
  const since = `since ${timeOfDay(state.sinceMs, screen)}`;
  if (state.phase === 'held') return `disabled by an operator ${since} (${printable(state.message)})`;
  const dueMs = dueAtMs(state);
  const next =
    dueMs === undefined ? '' : `, ${state.phase === 'limited' ? 'back' : 'next look'} ${soon(dueMs, screen)}`;
  return `out of use: ${plainly(state.message)} ${since}${next}`;
}

/** `in use, suspected: 503, first seen 2 s ago`, of a failure that a probe looks into. */
export function suspectedWords({ message, sinceMs }: OutageState, screen: Screen): string {
  return `in use, suspected: ${plainly(message)}, first seen ${clock(sinceMs, screen)}`;
}

/** What is due may be late by the moment that it takes. */
export function soon(atMs: number, screen: Screen): string {
  return screen.kind === 'terminal' && atMs <= screen.nowMs ? 'now' : clock(atMs, screen);
}

const DAY_MS = 86_400_000;

/** Hours and minutes where it was today, as one reads a clock; exactly, in a pipe. */
function timeOfDay(atMs: number, screen: Screen): string {
  if (screen.kind === 'pipe' || screen.nowMs - atMs > DAY_MS) return clock(atMs, screen);
  return new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' }).format(atMs);
}

export function providerOf(unit: string): string {
  return unit.replace(/\/.*$/s, '');
}
