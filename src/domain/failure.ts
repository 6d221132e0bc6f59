/**
 * What each kind of failure means for the run and for its provider. The one place of that decision.
 *
 * `run`: what the run does next.
 * - `wait`: leave the provider alone for a while, ask the next, come back to it
 * - `switch`: drop the provider from this run
 * - `elsewhere`: as `wait`, for another worker may be able to; the provider's outage says when none is
 * - `split`: ask it for parts of the text, or drop it where there is nothing to split
 * - `again`: ask the same provider once more, after that as `wait`: it is our own side that failed
 * - `stop`: end the run
 *
 * `inPlace`: whether the provider's own `retry` setting applies before the run reacts.
 *
 * `about`: how much of the provider it concerns: its whole `account`, the `model`, or this `task` with it alone.
 *
 * `outage`: what it says to everybody else. `closes`: out of use at once; `suspects`: a probe decides; `worker`: first of
 * all something about the worker that met it; `none`: it is about this one request.
 *
 * `lasting`: only a person can mend it, so waiting makes no sense.
 */
export const POLICY = {
  RateLimited: { run: 'wait', inPlace: false, about: 'model', outage: 'closes', lasting: false }, // HTTP 429
  QuotaExhausted: { run: 'switch', inPlace: false, about: 'account', outage: 'closes', lasting: true }, // HTTP 402, or 429 with code insufficient_quota
  Auth: { run: 'elsewhere', inPlace: false, about: 'account', outage: 'worker', lasting: true }, // HTTP 401, 403
  Unavailable: { run: 'wait', inPlace: true, about: 'model', outage: 'suspects', lasting: false }, // HTTP 5xx, no connection, or the body was cut off
  Timeout: { run: 'wait', inPlace: true, about: 'model', outage: 'suspects', lasting: false }, // no whole answer within the provider's timeoutMs
  BadOutput: { run: 'switch', inPlace: false, about: 'task', outage: 'suspects', lasting: false }, // HTTP 200, but not the promised shape
  BadRequest: { run: 'switch', inPlace: false, about: 'task', outage: 'none', lasting: false }, // HTTP 400, 404, 422: another provider may be able to
  ContextTooLong: { run: 'split', inPlace: false, about: 'task', outage: 'none', lasting: false }, // the text is over the model's context
  Refused: { run: 'stop', inPlace: false, about: 'task', outage: 'none', lasting: false }, // the model or a content filter declined
  WorkerLost: { run: 'again', inPlace: false, about: 'model', outage: 'none', lasting: false }, // the worker died with the call in flight
  WorkerFault: { run: 'again', inPlace: false, about: 'model', outage: 'none', lasting: false }, // an error of our own side
  ProviderClosed: { run: 'wait', inPlace: false, about: 'model', outage: 'none', lasting: false }, // an outage is open, or no worker serves it
} as const satisfies Record<string, Policy>;

interface Policy {
  run: 'wait' | 'switch' | 'elsewhere' | 'split' | 'again' | 'stop';
  inPlace: boolean;
  about: 'account' | 'model' | 'task';
  outage: 'closes' | 'suspects' | 'worker' | 'none';
  lasting: boolean;
}

/** Why a call failed, or was not made; docs/failover.md says what comes of each. */
export type FailureKind = keyof typeof POLICY;

/** A provider's failure as plain data, the same on every side of the wire. */
export interface Failure {
  kind: FailureKind;
  /** One line without any key and without the text. */
  message: string;
  /** How long the provider asked to be left alone, in milliseconds from the failure. */
  retryAfterMs?: number | undefined;
}

export function isFailureKind(type: unknown): type is FailureKind {
  return typeof type === 'string' && Object.hasOwn(POLICY, type);
}

/** Vendors have named days by mistake; a run that waits that long is lost. */
const MAX_RETRY_AFTER_MS = 3_600_000;
const A_CENTURY_MS = 100 * 365 * 86_400_000;
/** Above this it is better to ask somebody else in the meantime than to retry in place. */
const MAX_RETRY_IN_PLACE_MS = 5_000;

/** @param retryAfterMs as the provider named it; an absurd value is capped, and the message says so */
export function boundedFailure(kind: FailureKind, message: string, retryAfterMs: number | undefined): Failure {
  if (retryAfterMs === undefined) return { kind, message };
  if (retryAfterMs <= MAX_RETRY_AFTER_MS) return { kind, message, retryAfterMs };
  const capped = `${message} (wants to rest for ${Math.round(Math.min(retryAfterMs, A_CENTURY_MS) / 60_000)} min; taken as 60)`;
  return { kind, message: capped, retryAfterMs: MAX_RETRY_AFTER_MS };
}

/** Whether the provider's own `retry` setting applies: a passing failure, and a short rest. */
export function retriesInPlace({ kind, retryAfterMs = 0 }: Failure): boolean {
  return POLICY[kind].inPlace && retryAfterMs <= MAX_RETRY_IN_PLACE_MS;
}
