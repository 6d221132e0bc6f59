import type { Failure, FailureKind } from '../../../src/domain/failure.js';
import type { OutageReport } from '../../../src/domain/outage/outage-report.js';

export const NOW = 1_000_000;

export function failureOf(kind: FailureKind, retryAfterMs?: number): Failure {
  return { kind, message: 'why', ...(retryAfterMs !== undefined && { retryAfterMs }) };
}

/** What a worker tells of `openai/mini`. */
export function reportOf(
  kind: FailureKind,
  more: Partial<OutageReport> & { retryAfterMs?: number } = {},
): OutageReport {
  const { retryAfterMs, ...rest } = more;
  return {
    provider: 'openai',
    model: 'mini',
    task: 'summarize',
    failure: failureOf(kind, retryAfterMs),
    timeoutMs: 20_000,
    probeMs: 3_000,
    isCertain: false,
    worker: 'one',
    isLastToServe: false,
    ...rest,
  };
}
