import { POLICY, type Failure } from '../failure.js';
import type { Task } from '../task.js';
import { closedMessage, isLasting, unitOf, type OutOfUse } from './out-of-use.js';

/** Whom a question can go to: a model of a provider. */
interface Place {
  provider: string;
  model: string;
}

/** Why something of a provider cannot be asked, for a while or for the rest of the run. */
export interface Obstacle {
  why: Pick<Failure, 'kind' | 'message'>;
  /** Failures in a row, for the backoff. */
  failures: number;
  /** Epoch milliseconds; absent: dropped, for this run. */
  notBeforeMs?: number;
  /** The outage whose end lifts it, by its unit. */
  outage?: string;
  /** Somebody said until when; otherwise `notBeforeMs` is only when to look again. */
  named?: true;
}

/**
 * All that a run knows of its providers: what cannot be asked right now, by provider, by `provider/model`, or by
 * `provider/model#task`. One map for all tasks of a run and all parts of its text; what is not in it may be asked.
 */
export type Availability = Readonly<Record<string, Obstacle>>;

const FIRST_ROUND_MS = 1_000;
const MAX_ROUND_MS = 30_000;
/**
 * In case the outage that should wake the run was ended by force and cannot. Each look takes a place in the provider's queue,
 * and thousands may wait: sooner, and they would hold up those that are woken.
 */
const FIRST_LOOK_AGAIN_MS = 180_000;
const MAX_LOOK_AGAIN_MS = 600_000;
/** Runs that wait for the same moment do not all come back in it: the longer it took, the more there are. */
const LATE_BY_MS = 2_000;
const LATE_BY_SHARE = 0.1;

/** @returns why a place cannot be asked for a task now, what lasts longest; undefined when it can */
export function obstacleTo(map: Availability, task: Task, place: Place, nowMs: number): Obstacle | undefined {
  return scopesOf(place, task)
    .flatMap((scope) => map[scope] ?? [])
    .filter(({ notBeforeMs = Infinity }) => notBeforeMs > nowMs)
    .reduce<Obstacle | undefined>(
      (longest, each) => (longest && endOf(longest) >= endOf(each) ? longest : each),
      undefined,
    );
}

/** @returns the places that this run may still ask for a task, now or later, best first */
export function notDropped<P extends Place>(map: Availability, task: Task, places: readonly P[]): P[] {
  return places.filter((place) => scopesOf(place, task).every((scope) => endOf(map[scope]) < Infinity));
}

/** @returns the best place that may be asked now; undefined when none can, or none is left */
export function firstReady<P extends Place>(
  map: Availability,
  task: Task,
  places: readonly P[],
  nowMs: number,
): P | undefined {
  return places.find((place) => obstacleTo(map, task, place, nowMs) === undefined);
}

/** @returns milliseconds until somebody may be asked, at least 0; Infinity when nobody is left */
export function msUntilReady(map: Availability, task: Task, places: readonly Place[], nowMs: number): number {
  const waits = places.map((place) => endOf(obstacleTo(map, task, place, nowMs) ?? { notBeforeMs: nowMs }) - nowMs);
  return Math.max(0, Math.min(Infinity, ...waits));
}

/**
 * The map after a place failed, as {@link POLICY} says: dropped, left alone for a while, or as it was.
 * @param outOfUse when an outage was the reason that it was not even called
 * @param random 0 to 1, for the jitter of the backoff
 */
export function afterFailure(
  map: Availability,
  task: Task,
  place: Place,
  failure: Failure & { outOfUse?: OutOfUse },
  nowMs: number,
  random: number,
): Availability {
  const { kind, message, retryAfterMs = 0, outOfUse } = failure;
  if (outOfUse) return afterClosing(map, outOfUse, nowMs, random);
  const scope = scopeOf(place, task, POLICY[kind].about);
  const why = { kind, message };
  const failures = (map[scope]?.failures ?? 0) + 1;
  // Our own side may do better with the next worker.
  const roundMs = roundDelayMs(POLICY[kind].run === 'again' ? 1 : failures, random);
  switch (POLICY[kind].run) {
    case 'wait':
    case 'again':
    case 'elsewhere': {
      if (kind !== 'RateLimited') {
        // Longer is the outage's to say: when it ends, it wakes those who found it open.
        const restMs = Math.max(Math.min(retryAfterMs, MAX_ROUND_MS), roundMs);
        return withObstacle(map, scope, { why, failures, notBeforeMs: nowMs + restMs });
      }
      const restMs = Math.max(retryAfterMs * (1 + random * LATE_BY_SHARE), roundMs);
      const outage = unitOf(place.provider, place.model);
      return withObstacle(map, scope, { why, failures, notBeforeMs: nowMs + restMs, outage, named: true });
    }
    case 'split':
    case 'switch':
    case 'stop':
      return withObstacle(map, scope, { why, failures });
  }
}

/** The map when an outage is known to be open. */
export function afterClosing(map: Availability, outOfUse: OutOfUse, nowMs: number, random: number): Availability {
  const { unit, cause, untilMs } = outOfUse;
  const why = { kind: 'ProviderClosed', message: closedMessage(outOfUse) } as const;
  const failures = (map[unit]?.failures ?? 0) + 1;
  if (isLasting(cause)) return withObstacle(map, unit, { why, failures });
  if (untilMs === undefined) {
    const lookAgainMs = Math.min(FIRST_LOOK_AGAIN_MS * 2 ** (failures - 1), MAX_LOOK_AGAIN_MS) * (0.75 + random / 2);
    return withObstacle(map, unit, { why, failures, notBeforeMs: nowMs + lookAgainMs, outage: unit });
  }
  const restMs = Math.max(0, untilMs - nowMs);
  const lateMs = random * Math.max(LATE_BY_MS, restMs * LATE_BY_SHARE);
  return withObstacle(map, unit, { why, failures, notBeforeMs: nowMs + restMs + lateMs, outage: unit, named: true });
}

/** The map when an outage is over: what only it held up may be asked at once. */
export function afterOutage(map: Availability, unit: string): Availability {
  return Object.fromEntries(Object.entries(map).filter(([, obstacle]) => obstacle.outage !== unit));
}

/**
 * The map when an outage was not there to hear of a run: it is over, or not open yet. Either way the next call finds out. Only
 * a time that the provider itself named in this run is kept: its outage may still be opening.
 * @param soonMs when to look again, not before workers have forgotten an outage that is over
 */
export function afterUnheard(map: Availability, unit: string, soonMs: number): Availability {
  return Object.fromEntries(
    Object.entries(map).map(([scope, { named, ...each }]) => {
      const isItsOwnWord = named === true && each.why.kind !== 'ProviderClosed';
      if (each.outage !== unit || isItsOwnWord) return [scope, { ...each, ...(named && { named }) }];
      return [scope, { ...each, notBeforeMs: soonMs }];
    }),
  );
}

/** The map when a place answered. What was dropped meanwhile stays so: the answer was on its way when that was decided. */
export function afterAnswer(map: Availability, task: Task, place: Place): Availability {
  const scopes = scopesOf(place, task);
  return scopes.some((scope) => scope in map)
    ? Object.fromEntries(
        Object.entries(map).filter(([scope, obstacle]) => endOf(obstacle) === Infinity || !scopes.includes(scope)),
      )
    : map;
}

/** The map when a person wants all to be asked at once; what was dropped stays so. */
export function afterRetryNow(map: Availability): Availability {
  return Object.fromEntries(Object.entries(map).filter(([, obstacle]) => endOf(obstacle) === Infinity));
}

/**
 * Backoff between rounds: 1 s, doubling, 30 s at most, spread over 75 % to 125 % so that runs that failed together do
 * not come back together.
 * @param random 0 to 1
 */
export function roundDelayMs(failures: number, random: number): number {
  return Math.min(MAX_ROUND_MS, FIRST_ROUND_MS * 2 ** (failures - 1)) * (0.75 + random / 2);
}

/** Several calls may be under way: what one of them finds out late does not bring back what another one dropped. */
function withObstacle(map: Availability, scope: string, obstacle: Obstacle): Availability {
  return endOf(map[scope]) === Infinity ? map : { ...map, [scope]: obstacle };
}

function scopesOf(place: Place, task: Task): string[] {
  return (['account', 'model', 'task'] as const).map((about) => scopeOf(place, task, about));
}

function scopeOf({ provider, model }: Place, task: Task, about: 'account' | 'model' | 'task'): string {
  if (about === 'account') return provider;
  return about === 'model' ? unitOf(provider, model) : `${unitOf(provider, model)}#${task}`;
}

/** @returns epoch milliseconds: Infinity for what is dropped, 0 for what was never held up */
function endOf(obstacle: Pick<Obstacle, 'notBeforeMs'> | undefined): number {
  return obstacle ? (obstacle.notBeforeMs ?? Infinity) : 0;
}
