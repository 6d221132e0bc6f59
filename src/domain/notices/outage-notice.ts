import type { OutageState } from '../outage/outage.js';
import { oneLine } from '../text.js';
import type { Notice } from './notice.js';

/** Less than a notice may have. */
const MAX_TEXT_CHARS = 1_500;
/** Rate limits of seconds come and go all day. */
const SHORT_LIMIT_MS = 60_000;

export function isOutOfUse({ phase }: OutageState): boolean {
  return phase === 'closed' || phase === 'limited' || phase === 'held';
}

/** Whether a person wants to know that this outage opened. */
export function isWorthANotice(state: OutageState, nowMs: number): boolean {
  if (state.phase === 'limited') return state.untilMs - nowMs >= SHORT_LIMIT_MS;
  return state.phase === 'closed' || state.phase === 'held';
}

interface OfOutage {
  unit: string;
  /** Of the outage's workflow: an outage of the same unit a day later is another one. */
  runId: string;
  nowMs: number;
}

export function openedNotice({ cause, message, sinceMs }: OutageState, { unit, runId, nowMs }: OfOutage): Notice {
  const since = iso(sinceMs);
  return {
    id: `outage/${unit}/${runId}/${sinceMs}/opened`,
    topic: 'outage',
    type: 'outage.opened',
    at: iso(nowMs),
    text: oneLine(`${unit} is out of use: ${cause}: ${message}`, MAX_TEXT_CHARS),
    data: { unit, cause, message, since },
  };
}

export function endedNotice(
  { cause, message, sinceMs }: OutageState,
  { unit, runId, nowMs }: OfOutage,
  told: { callsSaved: number; runsThatWaited: number },
): Notice {
  const minutes = Math.round((nowMs - sinceMs) / 6_000) / 10;
  const { callsSaved, runsThatWaited } = told;
  return {
    id: `outage/${unit}/${runId}/${sinceMs}/ended`,
    topic: 'outage',
    type: 'outage.ended',
    at: iso(nowMs),
    text: `${unit} is back in use after ${minutes} min (${cause}); ${callsSaved} calls saved, ${runsThatWaited} runs waited`,
    data: { unit, cause, message, since: iso(sinceMs), minutesToRecovery: minutes, callsSaved, runsThatWaited },
  };
}

function iso(atMs: number): string {
  return new Date(atMs).toISOString();
}
