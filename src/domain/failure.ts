/**
 * What each kind of failure means for the run and for its provider. The one place of that decision.
 *
 * `run`: what the run does next.
 * - `wait`: rest this provider, ask the next, come back to it
 * - `switch`: drop this provider from this run
 * - `split`: ask it for parts of the text, or drop it where there is nothing to split
 * - `again`: ask the same provider once more
 * - `stop`: end the run
 *
 * `inPlace`: whether the provider's own `retry` setting applies before the run reacts.
 *
 * `outage`: what it says about the provider for everybody else. `closes`: out of use at once; `suspects`: a probe
 * decides; `none`: it is about this one request.
 */
export const POLICY = {
  RateLimited: { run: 'wait', inPlace: false, outage: 'closes' }, // HTTP 429
  QuotaExhausted: { run: 'switch', inPlace: false, outage: 'closes' }, // HTTP 402, or 429 with code insufficient_quota
  Auth: { run: 'switch', inPlace: false, outage: 'closes' }, // HTTP 401, 403, or no key on the worker
  Unavailable: { run: 'wait', inPlace: true, outage: 'suspects' }, // HTTP 5xx, no connection, or the body was cut off
  Timeout: { run: 'wait', inPlace: true, outage: 'suspects' }, // no whole answer within the provider's timeoutMs
  BadOutput: { run: 'switch', inPlace: false, outage: 'suspects' }, // HTTP 200, but not the promised shape
  BadRequest: { run: 'switch', inPlace: false, outage: 'none' }, // HTTP 400, 404, 422: another provider may be able to
  ContextTooLong: { run: 'split', inPlace: false, outage: 'none' }, // the text is over the model's context
  Refused: { run: 'stop', inPlace: false, outage: 'none' }, // the model or a content filter declined
  WorkerLost: { run: 'again', inPlace: false, outage: 'none' }, // the worker died with the call in flight
  ProviderClosed: { run: 'wait', inPlace: false, outage: 'none' }, // an outage is open, or no worker serves it
} as const satisfies Record<string, { run: Reaction; inPlace: boolean; outage: 'closes' | 'suspects' | 'none' }>;

export type Reaction = 'wait' | 'switch' | 'split' | 'again' | 'stop';
export type FailureKind = keyof typeof POLICY;

/** A provider's failure as plain data, the same on every side of the wire. */
export interface Failure {
  kind: FailureKind;
  /** One line without any key and without the text. */
  message: string;
  /** How long the provider asked to be left alone, in milliseconds from the failure. */
  retryAfterMs?: number;
}

export function isFailureKind(type: string | null | undefined): type is FailureKind {
  return typeof type === 'string' && Object.hasOwn(POLICY, type);
}

/** Vendors have named days by mistake; a run that waits that long is lost. */
const LONGEST_REST_MS = 3_600_000;
const A_CENTURY_MS = 100 * 365 * 86_400_000;
/** Above this it is better to ask somebody else in the meantime than to retry in place. */
const SHORT_REST_MS = 5_000;

/** @param retryAfterMs as the provider named it; an absurd value is capped, and the message says so */
export function toFailure(kind: FailureKind, message: string, retryAfterMs: number | undefined): Failure {
  if (retryAfterMs === undefined) return { kind, message };
  if (retryAfterMs <= LONGEST_REST_MS) return { kind, message, retryAfterMs };
  const capped = `${message} (wants to rest for ${Math.round(Math.min(retryAfterMs, A_CENTURY_MS) / 60_000)} min; taken as 60)`;
  return { kind, message: capped, retryAfterMs: LONGEST_REST_MS };
}

/** Whether the provider's own `retry` setting applies: a passing failure, and a short rest. */
export function retriesInPlace({ kind, retryAfterMs = 0 }: Failure): boolean {
  return POLICY[kind].inPlace && retryAfterMs <= SHORT_REST_MS;
}
