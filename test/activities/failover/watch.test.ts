import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { watchOf } from '../../../src/activities/failover/watch.js';
import type { OutageReport } from '../../../src/domain/outage/outage-report.js';

const TIMEOUT_MS = 20_000;

let reports: OutageReport[];
beforeEach(() => {
  jest.useFakeTimers({ now: 1_000_000 });
  reports = [];
});
afterEach(() => {
  jest.useRealTimers();
});

function open(others: boolean | 'unknown' = false) {
  return watchOf({
    provider: 'openai',
    models: { summarize: 'large', sentiment: 'mini' },
    timeoutMs: TIMEOUT_MS,
    requestsPerSecond: 5,
    worker: 'one',
    outages: {
      report: (report) => reports.push(report),
      saved: () => undefined,
      close: () => Promise.resolve(),
      outOfUse: () => Promise.resolve(undefined),
      stateOf: () => Promise.resolve(undefined),
    },
    othersServe: () => others,
  });
}
type Watch = ReturnType<typeof open>;

function answered(watch: Watch, times: number, latencyMs = 100): void {
  for (let call = 0; call < times; call += 1) {
    const watched = watch.begin('summarize');
    jest.advanceTimersByTime(latencyMs);
    watched.answered();
    watched.end();
  }
}

function failed(watch: Watch, kind: OutageReport['failure']['kind'], of: 'call' | 'probe' = 'call'): void {
  const watched = watch.begin('summarize');
  watched.failed({ kind, message: 'why' }, of);
  watched.end();
}

describe('what a worker tells the fleet', () => {
  it('is a suspicion when a call fails on a quiet line, with all that the outage needs', () => {
    failed(open(), 'Unavailable');
    expect(reports).toEqual([
      {
        provider: 'openai',
        model: 'large',
        task: 'summarize',
        failure: { kind: 'Unavailable', message: 'why' },
        timeoutMs: TIMEOUT_MS,
        probeMs: TIMEOUT_MS,
        worker: 'one',
        requestsPerSecond: 5,
        isCertain: false,
        isLastToServe: false,
      },
    ]);
  });

  it('names the time of a probe by how long answers took', () => {
    const watch = open();
    answered(watch, 5, 2_000);
    failed(watch, 'Timeout');
    expect(reports[0]?.probeMs).toBe(6_000);
  });

  it('is nothing on a busy line until it is no chance', () => {
    const watch = open();
    answered(watch, 50);
    for (let call = 0; call < 4; call += 1) failed(watch, 'Unavailable');
    expect(reports).toEqual([]);
    failed(watch, 'Unavailable');
    expect(reports).toMatchObject([{ isCertain: true }]);
  });

  it.each(['RateLimited', 'QuotaExhausted'] as const)('is at once that a provider closed with %s', (kind) => {
    const watch = open();
    answered(watch, 50);
    failed(watch, kind);
    expect(reports).toMatchObject([{ failure: { kind } }]);
  });

  it.each(['BadRequest', 'ContextTooLong', 'Refused', 'WorkerLost', 'WorkerFault', 'Auth'] as const)(
    'is nothing for %s',
    (kind) => {
      const watch = open();
      for (let call = 0; call < 20; call += 1) failed(watch, kind);
      expect(reports).toEqual([]);
    },
  );

  it('is nothing for a probe that fails: its outage knows', () => {
    failed(open(), 'Unavailable', 'probe');
    failed(open(), 'RateLimited', 'probe');
    expect(reports).toEqual([]);
  });

  it('is about one model: another one has its own evidence', () => {
    const watch = open();
    answered(watch, 50);
    const other = watch.begin('sentiment');
    other.failed({ kind: 'Unavailable', message: 'why' }, 'call');
    other.end();
    expect(reports).toMatchObject([{ model: 'mini', task: 'sentiment', isCertain: false }]);
  });

  it('is about its own key when it has left the queue', () => {
    open().reportKey('sentiment', { kind: 'Auth', message: '401' }, true);
    expect(reports).toMatchObject([{ failure: { kind: 'Auth' }, isLastToServe: true, worker: 'one' }]);
  });
});

describe('calls that get no answer', () => {
  it('tell of a provider that hangs long before they time out', () => {
    const watch = open();
    answered(watch, 50);
    const calls = Array.from({ length: 5 }, () => watch.begin('summarize'));
    jest.advanceTimersByTime(1_000); // at least a second, though answers took a tenth of one
    expect(reports.at(-1)).toMatchObject({ isCertain: true, failure: { kind: 'Timeout' } });
    for (const call of calls) call.end();
  });

  it('tell nothing when they were answered late after all', () => {
    const watch = open();
    answered(watch, 50);
    for (let round = 0; round < 5; round += 1) {
      const call = watch.begin('summarize');
      jest.advanceTimersByTime(1_500);
      call.answered();
      call.end();
    }
    expect(reports).toEqual([]);
  });

  it('leave no timer behind', () => {
    const watch = open();
    answered(watch, 50);
    watch.begin('summarize').end();
    expect(jest.getTimerCount()).toBe(0);
  });
});
