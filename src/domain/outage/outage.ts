import type { OutageCause, OutOfUse } from '../failover/out-of-use.js';
import { isLasting } from '../failover/out-of-use.js';
import { POLICY, type Failure, type FailureKind } from '../failure.js';
import type { OutageReport } from './outage-report.js';

/** What every phase tells: the reason, and since when. */
interface Reason {
  cause: OutageCause;
  message: string;
  /** Epoch milliseconds, as all instants here. */
  sinceMs: number;
}

/**
 * Where an outage stands.
 * - `suspected`: a probe decides soon; until then it is in use, unless so many calls failed that it cannot be chance
 * - `doubted`: workers say that the provider does not take their key; in use until two agree, or nobody serves it
 * - `closed`: out of use; probes at growing intervals look for its return
 * - `limited`: out of use until the time it named
 * - `held`: disabled by an operator, until an operator enables it
 * - `over`: back in use; watched for a while where that tells blips from outages
 */
export type OutageState = Reason &
  (
    | { phase: 'suspected'; inUse: boolean; probeAtMs: number; failedProbes: number }
    | { phase: 'doubted'; workers: readonly string[]; forgottenAtMs: number; provenBy?: string | undefined }
    | { phase: 'closed'; probeAtMs: number; failedProbes: number }
    | { phase: 'limited'; untilMs: number; restMs?: number | undefined }
    | { phase: 'held' }
    | { phase: 'over'; watchedUntilMs: number; restMs?: number | undefined; provenBy?: string | undefined }
  );

/** One cheap real call. */
export const PROBE_TEXT = 'I am happy with it: it works well.';

const PROBE_AFTER_MS = 500;
/** What is the matter with our own side may last. */
const OWN_FAULT_MS = 5_000;
const PROBES_MS = [10_000, 20_000, 30_000] as const;
const SLOW_PROBE_MS = 30_000;
const MAX_PROBE_MS = 600_000;
const FIRST_UNNAMED_REST_MS = 5_000;
/** A provider that is back is in use again this soon. */
const MAX_UNNAMED_REST_MS = 30_000;
/** How long a suspicion that proved wrong makes the next one less credible. */
export const BLIPS_COUNT_MS = 300_000;
const MAX_BLIPS = 3;
/** Longer than a worker with a bad key waits before it tries again. */
const DOUBT_MS = 900_000;
const AGREEING_WORKERS = 2;

/** An outage as its first report makes it. */
export function openingState(report: OutageReport, nowMs: number): OutageState {
  return afterReport(
    { phase: 'over', cause: report.failure.kind, message: '', sinceMs: nowMs, watchedUntilMs: 0 },
    report,
    nowMs,
  );
}

/**
 * A further report changes an outage only when it says more: it closes what was suspected, brings a worker that agrees, or
 * names a later time. What is over begins anew.
 */
export function afterReport(state: OutageState, report: OutageReport, nowMs: number): OutageState {
  const { kind: cause, message, retryAfterMs } = report.failure;
  const begins = state.phase === 'over' || state.phase === 'suspected' || state.phase === 'doubted';
  const sinceMs = state.phase === 'over' ? nowMs : state.sinceMs;
  const reason = { cause, message, sinceMs };
  switch (POLICY[cause].outage) {
    case 'none':
      return state;
    case 'suspects':
      if (state.phase === 'suspected' && state.inUse && report.isCertain) return { ...state, inUse: false };
      if (state.phase !== 'over') return state;
      return {
        ...reason,
        phase: 'suspected',
        inUse: !report.isCertain,
        probeAtMs: nowMs + PROBE_AFTER_MS,
        failedProbes: 0,
      };
    case 'worker': {
      if (!begins) return state;
      const before = state.phase === 'doubted' ? state.workers : [];
      const workers = [...before.filter((each) => each !== report.worker), report.worker];
      // While one worker's key is known to be taken, that of others is their own affair.
      const provenBy = state.phase === 'suspected' || state.provenBy === report.worker ? undefined : state.provenBy;
      const agreed = workers.length >= AGREEING_WORKERS && provenBy === undefined;
      if (report.isLastToServe || agreed) return closed(reason, nowMs);
      const proof = provenBy === undefined ? {} : { provenBy };
      return { ...reason, phase: 'doubted', workers, forgottenAtMs: nowMs + DOUBT_MS, ...proof };
    }
    case 'closes': {
      if (cause !== 'RateLimited') return begins ? closed(reason, nowMs) : state;
      const last = state.phase === 'over' ? state.restMs : undefined;
      const limited = limitedState(reason, retryAfterMs, nowMs, last);
      const isLater = state.phase === 'limited' && retryAfterMs !== undefined && limited.untilMs > state.untilMs;
      return begins || isLater ? limited : state;
    }
  }
}

/**
 * @param failure undefined when the provider answered
 * @param askedAtMs when the probe began: the next one is due that long after, however long this one hung
 * @param worker that took the probe
 * @param blips suspicions of the last minutes that proved wrong: each wants one more failed probe, three at most
 */
export function afterProbe(
  state: OutageState,
  failure: Failure | undefined,
  { nowMs, askedAtMs, blips, worker }: { nowMs: number; askedAtMs: number; blips: number; worker?: string | undefined },
): OutageState {
  if (state.phase !== 'suspected' && state.phase !== 'closed') return state; // somebody decided while the probe ran
  if (failure === undefined) return over(state, nowMs, worker);
  const { kind: cause, message, retryAfterMs } = failure;
  // No worker took the probe, or one took it and was lost: that says nothing of the provider.
  if (POLICY[cause].run === 'again' || cause === 'ProviderClosed') return { ...state, probeAtMs: nowMs + OWN_FAULT_MS };
  if (POLICY[cause].outage === 'none') return over(state, nowMs); // it answers, if only with a no
  const reason = { cause, message, sinceMs: state.sinceMs };
  if (cause === 'RateLimited') return limitedState(reason, retryAfterMs, nowMs, undefined);
  const failedProbes =
    state.phase === 'closed' && isLasting(state.cause) !== isLasting(cause) ? 0 : state.failedProbes + 1;
  if (state.phase === 'suspected') {
    if (failedProbes <= Math.min(blips, MAX_BLIPS))
      return { ...state, failedProbes, probeAtMs: nowMs + PROBE_AFTER_MS };
    return closed(reason, nowMs);
  }
  const probeAtMs = Math.max(nowMs + PROBE_AFTER_MS, askedAtMs + probeDelayMs(cause, failedProbes));
  return { ...reason, phase: 'closed', failedProbes, probeAtMs };
}

/** The state when the time comes that it waits for, other than a probe's. */
export function afterItsTime(state: OutageState, nowMs: number): OutageState {
  return state.phase === 'limited' || state.phase === 'doubted' ? over(state, nowMs) : state;
}

/** @returns when something is due; undefined when only a signal can change it. Epoch milliseconds */
export function dueAtMs(state: OutageState): number | undefined {
  switch (state.phase) {
    case 'suspected':
    case 'closed':
      return state.probeAtMs;
    case 'doubted':
      return state.forgottenAtMs;
    case 'limited':
      return state.untilMs;
    case 'over':
      return state.watchedUntilMs;
    case 'held':
      return undefined;
  }
}

/** An operator disables the provider. */
export function held(reason: string, nowMs: number): OutageState {
  return { phase: 'held', cause: 'Operator', message: reason, sinceMs: nowMs };
}

/** An operator takes it back into use; nothing is left to watch. */
export function enabled({ cause, message, sinceMs }: OutageState, nowMs: number): OutageState {
  return { cause, message, sinceMs, phase: 'over', watchedUntilMs: nowMs };
}

/**
 * Back in use. A blip is watched, so that the next one is not taken for more; a rate limit, so that the next one is longer;
 * a key that is taken again, so that other workers' keys do not speak against it.
 */
export function over(state: OutageState, nowMs: number, provenBy?: string): OutageState {
  const { cause, message, sinceMs, phase } = state;
  const reason = { cause, message, sinceMs };
  if (phase === 'suspected') return { ...reason, phase: 'over', watchedUntilMs: nowMs + BLIPS_COUNT_MS };
  if (phase === 'limited' && state.restMs !== undefined) {
    return { ...reason, phase: 'over', watchedUntilMs: nowMs + state.restMs, restMs: state.restMs };
  }
  if (provenBy !== undefined && isLasting(cause)) {
    return { ...reason, phase: 'over', watchedUntilMs: nowMs + DOUBT_MS, provenBy };
  }
  return { ...reason, phase: 'over', watchedUntilMs: nowMs };
}

/** The longest that a step of an outage takes beyond its time, and that of its probe, while any worker lives. */
const OVERDUE_MS = 120_000;

/**
 * @returns undefined while the unit is in use: it still is when an outage is only suspected, and again when the next step
 * is long overdue, since then no worker was there to look for the provider's return
 */
export function outOfUseIn(unit: string, state: OutageState, nowMs: number): OutOfUse | undefined {
  const { phase, cause, message } = state;
  if (phase === 'over' || phase === 'doubted' || (phase === 'suspected' && state.inUse)) return undefined;
  if (!isLasting(cause) && nowMs > (dueAtMs(state) ?? Infinity) + OVERDUE_MS) return undefined;
  return { unit, cause, message, ...(phase === 'limited' && { untilMs: state.untilMs }) };
}

function closed(reason: Reason & { cause: FailureKind }, nowMs: number): OutageState {
  return { ...reason, phase: 'closed', failedProbes: 0, probeAtMs: nowMs + probeDelayMs(reason.cause, 0) };
}

/** A limit that names no time lasts 5 s, and twice as long as the one before where it goes on, 30 s at most. */
function limitedState(reason: Reason, retryAfterMs: number | undefined, nowMs: number, lastRestMs: number | undefined) {
  if (retryAfterMs !== undefined) return { ...reason, phase: 'limited', untilMs: nowMs + retryAfterMs } as const;
  const restMs = Math.min(lastRestMs === undefined ? FIRST_UNNAMED_REST_MS : lastRestMs * 2, MAX_UNNAMED_REST_MS);
  return { ...reason, phase: 'limited', restMs, untilMs: nowMs + restMs } as const;
}

/**
 * 10 s, 20 s, then every 30 s; where only a person can help 30 s, doubling, 10 min at most. A worker whose key is not taken
 * leaves the queue for as long as that by itself: the probe lies there for the next, or for one that starts with another key.
 */
function probeDelayMs(cause: FailureKind, failedProbes: number): number {
  if (cause === 'Auth') return PROBE_AFTER_MS;
  if (isLasting(cause)) return Math.min(SLOW_PROBE_MS * 2 ** failedProbes, MAX_PROBE_MS);
  return PROBES_MS[Math.min(failedProbes, PROBES_MS.length - 1)] ?? SLOW_PROBE_MS;
}
