import { isFailureKind, POLICY, type Failure } from '../failure.js';
import type { Task } from '../task.js';

/** What a worker tells of a provider that failed. */
export interface OutageReport {
  provider: string;
  /** What the provider failed at, and so what a probe asks of it. */
  task: Task;
  failure: Failure;
  /** Of a probe, in milliseconds. */
  timeoutMs: number;
  /** How long the provider's last rate limit was, when it named no time and ended a moment ago. */
  lastRestMs?: number;
}

/** Why a provider is out of use: what it failed with, or an operator who took it out. */
type OutageCause = Failure['kind'] | 'Operator';

/**
 * Where an outage stands.
 * - `suspected`: still in use; a probe decides soon
 * - `closed`: out of use; probes at growing intervals look for its return
 * - `limited`: out of use until the time it named, or until somebody opens it
 * - `over`: back in use
 */
export interface OutageState {
  phase: 'suspected' | 'closed' | 'limited' | 'over';
  cause: OutageCause;
  message: string;
  sinceMs: number;
  /** When the next probe is due, or the limit ends. Epoch milliseconds; absent: when somebody opens it. */
  dueAtMs?: number;
  /** Probes that failed since the provider was closed. */
  probes: number;
  /** How long a rate limit lasts that named no time, in milliseconds. */
  restMs?: number;
  /** How long a probe may take, in milliseconds; absent when there is none. */
  timeoutMs?: number;
}

/** What everybody else sees of an outage: enough to decide whether to wait. */
export interface Closure {
  cause: OutageCause;
  message: string;
  /** Epoch milliseconds; absent when nobody can say. */
  untilMs?: number;
}

/** One cheap real call. */
export const PROBE_TEXT = 'I am happy with it: it works well.';

/**
 * How long a provider may take to answer a probe, which is a call of a few words: a hanging provider is found out sooner.
 * @param timeoutMs of its other calls
 */
export function probeTimeoutMs(timeoutMs: number): number {
  return Math.ceil(Math.max(timeoutMs / 4, Math.min(timeoutMs, 1_000)));
}

const PROBE_AFTER_SUSPICION_MS = 500;
const PROBES_MS = [10_000, 20_000, 30_000] as const;
const SLOW_PROBE_MS = 30_000;
const SLOWEST_PROBE_MS = 600_000;
const FIRST_REST_MS = 5_000;

/** An outage as its first report makes it. */
export function openingState(report: OutageReport, nowMs: number): OutageState {
  const { failure, lastRestMs, timeoutMs } = report;
  const { kind: cause, message } = failure;
  const state = { cause, message, sinceMs: nowMs, probes: 0, timeoutMs };
  if (cause === 'RateLimited') {
    const { retryAfterMs } = failure;
    if (retryAfterMs !== undefined) return { ...state, phase: 'limited', dueAtMs: nowMs + retryAfterMs };
    const restMs = Math.min((lastRestMs ?? FIRST_REST_MS / 2) * 2, SLOWEST_PROBE_MS);
    return { ...state, phase: 'limited', restMs, dueAtMs: nowMs + restMs };
  }
  if (POLICY[cause].outage === 'closes') return { ...state, phase: 'closed', dueAtMs: nowMs + probeDelayMs(cause, 0) };
  return { ...state, phase: 'suspected', dueAtMs: nowMs + PROBE_AFTER_SUSPICION_MS };
}

/**
 * A further report changes an outage only when it says more: it closes what was suspected, or names a later time. What
 * is over begins anew.
 */
export function afterReport(state: OutageState, report: OutageReport, nowMs: number): OutageState {
  if (state.phase === 'over') return openingState(report, nowMs);
  if (state.cause === 'Operator' || POLICY[report.failure.kind].outage !== 'closes') return state;
  const reported = { ...openingState(report, nowMs), sinceMs: state.sinceMs };
  if (state.phase === 'suspected') return reported;
  const later = (reported.dueAtMs ?? 0) > (state.dueAtMs ?? Infinity);
  return state.phase === 'limited' && reported.phase === 'limited' && later ? reported : state;
}

/**
 * @param failure undefined when the provider answered
 * @param askedAtMs when the probe began: the next one is due that long after, however long this one hung
 */
export function afterProbe(
  state: OutageState,
  failure: Failure | undefined,
  nowMs: number,
  askedAtMs = nowMs,
): OutageState {
  if (state.phase !== 'suspected' && state.phase !== 'closed') return state; // somebody decided while the probe ran
  if (failure === undefined) return over(state);
  const { kind: cause, message } = failure;
  // No worker took the probe, or one took it and was lost: that says nothing of the provider.
  if (cause === 'WorkerLost' || cause === 'ProviderClosed') {
    return { ...state, dueAtMs: nowMs + PROBE_AFTER_SUSPICION_MS };
  }
  if (POLICY[cause].outage === 'none') return over(state); // it answers, if only with a no
  const goesOn = state.phase === 'closed' && mayEnd(state) === mayEnd({ cause });
  const probes = goesOn ? state.probes + 1 : 0;
  if (cause === 'RateLimited') {
    const { retryAfterMs } = failure;
    const limited = { ...state, phase: 'limited', cause, message, probes } as const;
    if (retryAfterMs !== undefined) return { ...limited, dueAtMs: nowMs + retryAfterMs };
    return { ...limited, restMs: FIRST_REST_MS, dueAtMs: nowMs + FIRST_REST_MS };
  }
  const dueAtMs = Math.max(nowMs + PROBE_AFTER_SUSPICION_MS, askedAtMs + probeDelayMs(cause, probes));
  return { ...state, phase: 'closed', cause, message, probes, dueAtMs };
}

export function closedByHand(reason: string, nowMs: number): OutageState {
  return { phase: 'limited', cause: 'Operator', message: reason, sinceMs: nowMs, probes: 0 };
}

export function over(state: OutageState): OutageState {
  const { dueAtMs: _, ...rest } = state;
  return { ...rest, phase: 'over' };
}

/** The longest that a step of an outage takes beyond its time, and that of its probe, while any worker lives. */
const OVERDUE_MS = 120_000;

/**
 * @returns undefined while the provider is in use: it still is when an outage is only suspected, and again when the next
 * step is long overdue, since then no worker was there to look for the provider's return
 */
export function closureOf(state: OutageState, nowMs: number): Closure | undefined {
  const { phase, cause, message, dueAtMs, timeoutMs = 0 } = state;
  if (phase === 'suspected' || phase === 'over') return undefined;
  if (dueAtMs !== undefined && nowMs > dueAtMs + timeoutMs + OVERDUE_MS) return undefined;
  return { cause, message, ...(phase === 'limited' && dueAtMs !== undefined && { untilMs: dueAtMs }) };
}

/** Whether waiting makes sense: what only a person can mend stops a run that has nobody else to ask. */
export function mayEnd({ cause }: Pick<Closure, 'cause'>): boolean {
  return !isFailureKind(cause) || POLICY[cause].run !== 'switch' || POLICY[cause].outage !== 'closes';
}

/** 10 s, 20 s, then every 30 s; where only a person can help 30 s, doubling, 10 min at most. */
function probeDelayMs(cause: OutageCause, probes: number): number {
  if (!mayEnd({ cause })) return Math.min(SLOW_PROBE_MS * 2 ** probes, SLOWEST_PROBE_MS);
  return PROBES_MS[Math.min(probes, PROBES_MS.length - 1)] ?? SLOW_PROBE_MS;
}

/** One for the whole fleet, whoever sees the provider fail first. */
export function outageIdOf(provider: string): string {
  return `outage/${provider}`;
}
