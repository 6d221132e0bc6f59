import { POLICY, type Failure } from '../failure.js';
import { mayEnd, type Closure } from '../outage/outage.js';

/** A provider's place in a run: whom to ask, and not before when. */
interface Place {
  provider: string;
  /** Epoch milliseconds. */
  readyAtMs: number;
  /** Failures in a row that made it rest. */
  failures: number;
  /** A worker was lost while it was asked; it is asked once more, and no more. */
  lostOnce?: true;
  /**
   * An outage wakes the run when it ends.
   * - `unknown`: it is open, nobody knows until when; long before `readyAtMs`
   * - `named`: it is open until about `readyAtMs`
   * - `reported`: likewise, and this run's own failure may just be opening it
   */
  awaitsOutage?: 'unknown' | 'named' | 'reported';
}

/** Who can still answer a task, best first. */
export type Lineup = readonly Place[];

const FIRST_ROUND_MS = 1_000;
const LONGEST_ROUND_MS = 30_000;
/** In case the outage that should wake the run is no more. */
const OUTAGE_CHECK_MS = 600_000;
/** Runs that wait for the same moment do not all come back in it: the longer it took, the more there are. */
const LATE_BY_MS = 2_000;
const LATE_BY_SHARE = 0.1;

/** @param random 0 to 1, for the spread of those that come back */
export function startingLineup(
  providers: readonly { provider: string; closure?: Closure; restsUntilMs?: number | undefined }[],
  nowMs: number,
  random: number,
): Lineup {
  return providers.flatMap(({ provider, closure, restsUntilMs = 0 }) => {
    const place = { provider, readyAtMs: restsUntilMs, failures: 0 };
    return closure ? closedPlace(place, closure, nowMs, random) : [place];
  });
}

/** @returns the best provider that may be asked now; undefined when all of them rest, or none is left */
export function firstReady(lineup: Lineup, nowMs: number): string | undefined {
  return lineup.find(({ readyAtMs }) => readyAtMs <= nowMs)?.provider;
}

/** @returns milliseconds until somebody is ready, at least 0; Infinity when nobody is left */
export function msUntilReady(lineup: Lineup, nowMs: number): number {
  return Math.max(0, Math.min(...lineup.map(({ readyAtMs }) => readyAtMs - nowMs)));
}

/** @param atMsOf when a provider that came back before its time may be asked; undefined for those that did not */
export function backAt(lineup: Lineup, atMsOf: (provider: string) => number | undefined): Lineup {
  return lineup.map((place) => {
    const readyAtMs = atMsOf(place.provider);
    return readyAtMs === undefined ? place : { ...withoutOutage(place), readyAtMs };
  });
}

/**
 * Backoff between rounds: 1 s, doubling, 30 s at most, spread over 75 % to 125 % so that runs that failed together do
 * not come back together.
 * @param random 0 to 1
 */
export function roundDelayMs(failures: number, random: number): number {
  return Math.min(LONGEST_ROUND_MS, FIRST_ROUND_MS * 2 ** (failures - 1)) * (0.75 + random / 2);
}

/**
 * The lineup after a provider failed: dropped, resting, or ready to be asked once more, as {@link POLICY} says.
 * @param failure with the closure when an open outage was the reason
 * @param random 0 to 1, for the jitter of the backoff
 */
export function afterFailure(
  lineup: Lineup,
  provider: string,
  { kind, retryAfterMs, closure }: Failure & { closure?: Closure },
  nowMs: number,
  random: number,
): Lineup {
  return lineup.flatMap((place) => {
    if (place.provider !== provider) return [place];
    if (closure) return closedPlace(place, closure, nowMs, random);
    switch (POLICY[kind].run) {
      case 'wait': {
        const failures = place.failures + 1;
        const roundMs = roundDelayMs(failures, random);
        if (kind !== 'RateLimited') {
          // Longer is the outage's to say: when it ends, it wakes those who found it open.
          const restMs = Math.max(Math.min(retryAfterMs ?? 0, LONGEST_ROUND_MS), roundMs);
          return [{ ...withoutOutage(place), failures, readyAtMs: nowMs + restMs }];
        }
        const restMs = Math.max((retryAfterMs ?? 0) * (1 + random * LATE_BY_SHARE), roundMs);
        return [{ ...place, failures, readyAtMs: nowMs + restMs, awaitsOutage: 'reported' }];
      }
      case 'again':
        return place.lostOnce ? [] : [{ ...place, lostOnce: true }];
      case 'split':
      case 'switch':
      case 'stop':
        return [];
    }
  });
}

function closedPlace(place: Place, closure: Closure, nowMs: number, random: number): Lineup {
  if (!mayEnd(closure)) return [];
  if (closure.untilMs !== undefined) {
    const restMs = Math.max(0, closure.untilMs - nowMs);
    const lateMs = random * Math.max(LATE_BY_MS, restMs * LATE_BY_SHARE);
    return [{ ...place, readyAtMs: nowMs + restMs + lateMs, awaitsOutage: 'named' }];
  }
  return [{ ...place, readyAtMs: nowMs + OUTAGE_CHECK_MS, awaitsOutage: 'unknown' }];
}

function withoutOutage({ awaitsOutage: _, ...place }: Place): Place {
  return place;
}
