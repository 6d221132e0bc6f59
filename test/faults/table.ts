import type { FailureKind } from '../../src/domain/failure.js';
import type { FaultName } from '../support/faults.js';

/** One way to fail, and what must come of it. */
export interface Row {
  /** What the vendor does, or where it is said to be. */
  fault: FaultName | Place;
  kind: FailureKind | 'ok';
  /** Where a pipeline has no such thing and sends an error inside a 200. */
  pipelineKind?: FailureKind;
  /** Requests that reach the vendor for the run; 1 unless told. */
  requests?: number;
  /** The vendor does it once and then behaves, so that its own `retry` setting is enough. */
  once?: true;
  /** More of the provider's configuration, in YAML. */
  settings?: string;
  /** Told apart from rows with the same fault. */
  when?: string;
}

/** Addresses where nobody can answer. */
export type Place = 'connection refused' | 'unknown host' | 'no TLS' | 'self-signed certificate' | 'no key';

const SOON = 'timeoutMs: 250';
const THRICE = 'retry: { maximumAttempts: 3, initialIntervalMs: 20, maximumIntervalMs: 20 }';

export const ROWS: readonly Row[] = [
  { fault: '400', kind: 'BadRequest' },
  { fault: '401', kind: 'Auth' },
  { fault: '402', kind: 'QuotaExhausted' },
  { fault: '403', kind: 'Auth' },
  { fault: '404', kind: 'BadRequest' },
  { fault: '409', kind: 'Unavailable' },
  { fault: '413', kind: 'ContextTooLong' },
  { fault: '422', kind: 'BadRequest' },
  { fault: '429', kind: 'RateLimited' },
  { fault: '429-retry-after', kind: 'RateLimited' },
  { fault: '429-retry-after-date', kind: 'RateLimited' },
  { fault: '429-retry-after-ms', kind: 'RateLimited' },
  { fault: '429-reset', kind: 'RateLimited' },
  { fault: '429-insufficient-quota', kind: 'QuotaExhausted' },
  { fault: '500', kind: 'Unavailable' },
  { fault: '502-html', kind: 'Unavailable' },
  { fault: '503', kind: 'Unavailable' },
  { fault: '503-loading', kind: 'Unavailable' },
  { fault: 'reset', kind: 'Unavailable' },
  { fault: 'connection refused', kind: 'Unavailable', requests: 0 },
  { fault: 'unknown host', kind: 'Unavailable', requests: 0 },
  { fault: 'no TLS', kind: 'Unavailable', requests: 0 },
  { fault: 'self-signed certificate', kind: 'Unavailable', requests: 0 },
  { fault: 'no key', kind: 'Auth', requests: 0 },
  { fault: 'hang', kind: 'Timeout', settings: SOON },
  { fault: 'slow-first-byte', kind: 'Timeout', settings: SOON },
  { fault: 'slow-first-byte', kind: 'ok', when: 'within the time limit' },
  { fault: 'byte-a-second', kind: 'Timeout', settings: 'timeoutMs: 1500' },
  { fault: 'half-body', kind: 'Unavailable' },
  { fault: 'close-after', kind: 'ok' },
  { fault: 'wrong-content-type', kind: 'ok' },
  { fault: 'invalid-json', kind: 'BadOutput' },
  { fault: 'huge-body', kind: 'BadOutput' },
  { fault: 'error-in-ok', kind: 'Unavailable' },
  { fault: 'html', kind: 'BadOutput' },
  { fault: 'null-body', kind: 'BadOutput' },
  { fault: 'empty-body', kind: 'BadOutput' },
  { fault: 'empty-choices', kind: 'BadOutput' },
  { fault: 'empty-answer', kind: 'BadOutput' },
  { fault: 'unknown-label', kind: 'BadOutput' },
  { fault: 'cut-off', kind: 'BadOutput' },
  { fault: 'context-too-long', kind: 'ContextTooLong' },
  { fault: 'redirect', kind: 'BadRequest' },
  { fault: 'content-filter', kind: 'Refused', pipelineKind: 'BadOutput' },
  { fault: 'refusal', kind: 'Refused', pipelineKind: 'BadOutput' },
  { fault: '400-content-policy', kind: 'Refused' },
  { fault: '500', kind: 'Unavailable', once: true, requests: 2, settings: THRICE, when: 'once, with three attempts' },
  {
    fault: 'half-body',
    kind: 'Unavailable',
    once: true,
    requests: 2,
    settings: THRICE,
    when: 'once, with three attempts',
  },
  { fault: '401', kind: 'Auth', settings: THRICE, when: 'with three attempts' },
  { fault: '429', kind: 'RateLimited', settings: THRICE, when: 'with three attempts' },
  { fault: 'html', kind: 'BadOutput', settings: THRICE, when: 'with three attempts' },
];
