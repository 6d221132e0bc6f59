import { describe, expect, it } from '@jest/globals';
import type { FailureKind } from '../../../src/domain/failure.js';
import {
  afterProbe,
  afterReport,
  closedByHand,
  closureOf,
  mayEnd,
  openingState,
  over,
  probeTimeoutMs,
  type OutageReport,
  type OutageState,
} from '../../../src/domain/outage/outage.js';

const NOW = 1_000_000;
const failure = (kind: FailureKind, retryAfterMs?: number) => ({
  kind,
  message: `${kind} it was`,
  ...(retryAfterMs !== undefined && { retryAfterMs }),
});
const report = (kind: FailureKind, more: { retryAfterMs?: number; lastRestMs?: number } = {}): OutageReport => ({
  provider: 'openai',
  task: 'summarize',
  timeoutMs: 1_000,
  failure: failure(kind, more.retryAfterMs),
  ...(more.lastRestMs !== undefined && { lastRestMs: more.lastRestMs }),
});
const opening = (kind: FailureKind, more?: Parameters<typeof report>[1]) => openingState(report(kind, more), NOW);

/** How long each step waits when every probe fails with this. */
function stepsMs(kind: FailureKind, count: number): number[] {
  let state = opening(kind);
  let nowMs = NOW;
  return Array.from({ length: count }, () => {
    const dueAtMs = state.dueAtMs ?? NaN;
    const waitedMs = dueAtMs - nowMs;
    nowMs = dueAtMs;
    state = afterProbe(state, failure(kind), nowMs);
    return waitedMs;
  });
}

describe('the beginning of an outage', () => {
  it.each(['Unavailable', 'Timeout', 'BadOutput'] as const)('only suspects a provider after %s', (kind) => {
    const state = opening(kind);
    expect(state).toMatchObject({ phase: 'suspected', cause: kind, dueAtMs: NOW + 500 });
    expect(closureOf(state, NOW)).toBeUndefined();
  });

  it.each(['Auth', 'QuotaExhausted'] as const)(
    'closes a provider at once after %s, until nobody knows when',
    (kind) => {
      const state = opening(kind);
      expect(state).toMatchObject({ phase: 'closed', dueAtMs: NOW + 30_000 });
      expect(closureOf(state, NOW)).toEqual({ cause: kind, message: `${kind} it was` });
    },
  );

  it('closes a provider that named a time until then', () => {
    const state = opening('RateLimited', { retryAfterMs: 20_000 });
    expect(closureOf(state, NOW)).toMatchObject({ cause: 'RateLimited', untilMs: NOW + 20_000 });
  });

  it.each([
    [undefined, 5_000],
    [5_000, 10_000],
    [10_000, 20_000],
    [500_000, 600_000],
  ])('rests a provider that named no time, and rested %s ms before, for %i ms', (lastRestMs, restMs) => {
    const state = opening('RateLimited', lastRestMs === undefined ? {} : { lastRestMs });
    expect(state.dueAtMs).toBe(NOW + restMs);
  });
});

describe('the probes of an outage', () => {
  it('come after 0.5 s, 10 s, 20 s, and then every 30 s', () => {
    expect(stepsMs('Unavailable', 6)).toEqual([500, 10_000, 20_000, 30_000, 30_000, 30_000]);
  });

  it.each(['Auth', 'QuotaExhausted'] as const)('come after 30 s, doubling, 10 min at most, for %s', (kind) => {
    expect(stepsMs(kind, 7)).toEqual([30_000, 60_000, 120_000, 240_000, 480_000, 600_000, 600_000]);
  });

  it('end an outage when they are answered', () => {
    expect(afterProbe(opening('Timeout'), undefined, NOW).phase).toBe('over');
    expect(afterProbe(opening('Auth'), undefined, NOW)).not.toHaveProperty('dueAtMs');
  });

  it('close a suspected provider when they fail, whatever they fail with', () => {
    const state = afterProbe(opening('Timeout'), failure('Unavailable'), NOW + 600);
    expect(state).toMatchObject({
      phase: 'closed',
      cause: 'Unavailable',
      message: 'Unavailable it was',
      sinceMs: NOW,
      probes: 0,
      dueAtMs: NOW + 10_600,
    });
  });

  it.each(['WorkerLost', 'ProviderClosed'] as const)(
    'prove nothing about the provider when they ended in %s: they are made again',
    (kind) => {
      for (const state of [opening('Unavailable'), opening('Auth')]) {
        const next = afterProbe(state, failure(kind), NOW + 9_000);
        expect(next).toEqual({ ...state, dueAtMs: NOW + 9_500 });
      }
    },
  );

  it('begin their intervals anew when only a person can help from now on', () => {
    let state = opening('Unavailable');
    for (let probe = 0; probe < 5; probe += 1) state = afterProbe(state, failure('Unavailable'), NOW);
    expect(afterProbe(state, failure('Auth'), NOW)).toMatchObject({ probes: 0, dueAtMs: NOW + 30_000 });
  });

  it('come at their times from one to the next, however long they hang', () => {
    let state = afterProbe(opening('Timeout'), failure('Timeout'), NOW + 5_000, NOW);
    expect(state.dueAtMs).toBe(NOW + 10_000);
    state = afterProbe(state, failure('Timeout'), NOW + 40_000, NOW + 10_000);
    expect(state.dueAtMs).toBe(NOW + 40_500);
  });

  it('wait for an answer no longer than a part of what other calls may take', () => {
    expect([20_000, 2_000, 500, 300_000].map(probeTimeoutMs)).toEqual([5_000, 1_000, 500, 75_000]);
  });

  it('make an outage a limit when the provider names a time', () => {
    const state = afterProbe(opening('Unavailable'), failure('RateLimited', 7_000), NOW);
    expect(state).toMatchObject({ phase: 'limited', dueAtMs: NOW + 7_000 });
  });

  it('remember how long a rate limit lasts, however long the outage was before', () => {
    const state = afterProbe(opening('Unavailable'), failure('RateLimited'), NOW + 600_000);
    expect(over(state)).toMatchObject({ restMs: 5_000, sinceMs: NOW });
  });

  it.each<[string, OutageState]>([
    ['an operator closed the provider', closedByHand('maintenance', NOW)],
    ['somebody opened the provider', over(opening('Unavailable'))],
    ['a rate limit came in', opening('RateLimited')],
  ])('change nothing when %s while they ran', (_, state) => {
    expect(afterProbe(state, failure('Unavailable'), NOW)).toBe(state);
    expect(afterProbe(state, undefined, NOW)).toBe(state);
  });
});

describe('a further report', () => {
  it('changes nothing when it only suspects', () => {
    for (const kind of ['Unavailable', 'Auth', 'RateLimited'] as const) {
      const state = opening(kind);
      expect(afterReport(state, report('BadOutput'), NOW + 100)).toBe(state);
    }
  });

  it('closes what was suspected, since the first failure', () => {
    expect(afterReport(opening('Timeout'), report('Auth'), NOW + 100)).toMatchObject({
      phase: 'closed',
      cause: 'Auth',
      sinceMs: NOW,
    });
  });

  it('prolongs a limit, and never shortens it', () => {
    const state = opening('RateLimited', { retryAfterMs: 20_000 });
    expect(afterReport(state, report('RateLimited', { retryAfterMs: 30_000 }), NOW).dueAtMs).toBe(NOW + 30_000);
    expect(afterReport(state, report('RateLimited', { retryAfterMs: 3_000 }), NOW)).toBe(state);
  });

  it('does not overrule an operator', () => {
    const byHand = closedByHand('maintenance', NOW);
    expect(afterReport(byHand, report('Auth'), NOW)).toBe(byHand);
  });

  it('begins a new outage when it comes while those who waited for the end of the last are woken', () => {
    const ended = over(opening('Unavailable'));
    expect(afterReport(ended, report('Auth'), NOW + 100)).toEqual(openingState(report('Auth'), NOW + 100));
  });
});

describe('what everybody else sees', () => {
  it('of an operator: closed, until somebody opens it', () => {
    expect(closureOf(closedByHand('maintenance', NOW), NOW + 1e9)).toEqual({
      cause: 'Operator',
      message: 'maintenance',
    });
  });

  it('of an outage whose next probe should have ended 2 min ago: nothing, for no worker was there to look', () => {
    const state = { ...opening('Auth'), timeoutMs: 60_000 };
    expect(closureOf(state, NOW + 210_000)).toBeDefined();
    expect(closureOf(state, NOW + 210_001)).toBeUndefined();
  });

  it.each<[OutageState['cause'], boolean]>([
    ['Auth', false],
    ['QuotaExhausted', false],
    ['RateLimited', true],
    ['Unavailable', true],
    ['Timeout', true],
    ['BadOutput', true],
    ['Operator', true],
  ])('of %s: waiting makes sense: %s', (cause, worthWaiting) => {
    expect(mayEnd({ cause })).toBe(worthWaiting);
  });
});
