import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { POLICY, type FailureKind } from '../../../src/domain/failure.js';
import {
  afterItsTime,
  afterProbe,
  afterReport,
  dueAtMs,
  enabled,
  held,
  openingState,
  outOfUseIn,
  over,
  type OutageState,
} from '../../../src/domain/outage/outage.js';
import { failureOf, NOW, reportOf } from './reports.js';

const suspected = openingState(reportOf('Unavailable'), NOW);
const quota = openingState(reportOf('QuotaExhausted'), NOW);
const KINDS = Object.keys(POLICY) as FailureKind[];

const failing = (state: OutageState, kind: FailureKind = 'Unavailable', blips = 0, nowMs = NOW) =>
  afterProbe(state, failureOf(kind), { nowMs, askedAtMs: nowMs, blips });
const closed = failing(suspected);

describe('a probe', () => {
  it('that is answered ends a suspicion and an outage', () => {
    for (const state of [suspected, closed, quota]) {
      expect(afterProbe(state, undefined, { nowMs: NOW, askedAtMs: NOW, blips: 0 }).phase).toBe('over');
    }
  });

  it('that fails closes what was suspected', () => {
    expect(closed).toMatchObject({ phase: 'closed', cause: 'Unavailable', probeAtMs: NOW + 10_000 });
    expect(outOfUseIn('u', closed, NOW)).toBeDefined();
  });

  it.each(
    KINDS.filter((kind) => POLICY[kind].outage === 'none' && POLICY[kind].run !== 'again' && kind !== 'ProviderClosed'),
  )('that is answered with %s is answered, if only with a no', (kind) => {
    expect(failing(suspected, kind).phase).toBe('over');
    expect(failing(closed, kind).phase).toBe('over');
  });

  it.each(['WorkerLost', 'WorkerFault', 'ProviderClosed'] as const)(
    'that ended with %s says nothing, and is made again',
    (kind) => {
      for (const state of [suspected, closed])
        expect(failing(state, kind)).toEqual({ ...state, probeAtMs: NOW + 5_000 });
    },
  );

  it('that is rate limited waits for the time that it named', () => {
    const next = afterProbe(closed, failureOf('RateLimited', 9_000), { nowMs: NOW, askedAtMs: NOW, blips: 0 });
    expect(next).toMatchObject({ phase: 'limited', untilMs: NOW + 9_000 });
  });

  it('comes too late where somebody decided meanwhile', () => {
    const states = [held('ticket', NOW), over(closed, NOW), openingState(reportOf('RateLimited'), NOW)];
    for (const state of states) expect(failing(state)).toBe(state);
  });

  it('is made after 10 s, 20 s, then every 30 s, counted from the beginning of the one before', () => {
    let state = closed;
    const delays: number[] = [];
    for (let time = 0, nowMs = NOW; time < 5; time += 1) {
      const askedAtMs = dueAtMs(state) ?? NaN;
      delays.push(askedAtMs - nowMs);
      nowMs = askedAtMs;
      state = afterProbe(state, failureOf('Timeout'), { nowMs: askedAtMs + 8_000, askedAtMs, blips: 0 });
    }
    expect(delays.map((ms) => ms / 1_000)).toEqual([10, 20, 30, 30, 30]);
  });

  it('that hung for longer than its interval is followed by another soon', () => {
    const next = afterProbe(closed, failureOf('Timeout'), { nowMs: NOW + 60_000, askedAtMs: NOW, blips: 0 });
    expect(dueAtMs(next)).toBe(NOW + 60_500);
  });

  it('is made at doubling intervals, 10 minutes at most, where only a person can help', () => {
    let state = quota;
    const delays: number[] = [];
    for (let time = 0, nowMs = NOW; time < 7; time += 1) {
      delays.push(((dueAtMs(state) ?? NaN) - nowMs) / 1_000);
      nowMs = dueAtMs(state) ?? NaN;
      state = failing(state, 'QuotaExhausted', 0, nowMs);
    }
    expect(delays).toEqual([30, 60, 120, 240, 480, 600, 600]);
  });

  it('finds out that another kind of outage has begun, and counts anew', () => {
    expect(failing(failing(failing(closed)), 'QuotaExhausted')).toMatchObject({
      cause: 'QuotaExhausted',
      failedProbes: 0,
    });
  });

  it.each([0, 1, 2, 3, 9])(
    'has to fail once more for each blip of the last minutes, three times at most (%s)',
    (blips) => {
      let state = suspected;
      let probes = 0;
      while (state.phase === 'suspected') {
        state = failing(state, 'Unavailable', blips, NOW + probes * 500);
        probes += 1;
      }
      expect(state.phase).toBe('closed');
      expect(probes).toBe(1 + Math.min(blips, 3));
    },
  );
});

type Step = { kind: FailureKind | 'answered'; of: 'report' | 'probe' | 'time' | 'close' | 'open'; waitMs: number };
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    kind: fc.constantFrom(...KINDS, 'answered' as const),
    of: fc.constantFrom('report' as const, 'probe' as const, 'time' as const, 'close' as const, 'open' as const),
    waitMs: fc.nat(100_000),
  }),
);

function after(state: OutageState, { kind, of }: Step, nowMs: number): OutageState {
  switch (of) {
    case 'report':
      return kind === 'answered' ? state : afterReport(state, reportOf(kind, { worker: `w${nowMs % 3}` }), nowMs);
    case 'probe': {
      const failure = kind === 'answered' ? undefined : failureOf(kind);
      return afterProbe(state, failure, { nowMs, askedAtMs: nowMs, blips: nowMs % 5 });
    }
    case 'time':
      return afterItsTime(state, nowMs);
    case 'close':
      return held('ticket', nowMs);
    case 'open':
      return enabled(state, nowMs);
  }
}

describe('whatever comes in whatever order', () => {
  it('only an operator ends what an operator holds, and only an operator begins it', () => {
    fc.assert(
      fc.property(steps, (all) => {
        let state = suspected;
        let nowMs = NOW;
        for (const step of all) {
          nowMs += step.waitMs;
          const next = after(state, step, nowMs);
          if (step.of !== 'close' && step.of !== 'open') expect(next.phase === 'held').toBe(state.phase === 'held');
          state = next;
        }
      }),
    );
  });

  it('what is out of use comes back by itself, unless an operator holds it', () => {
    fc.assert(
      fc.property(steps, (all) => {
        let state = suspected;
        let nowMs = NOW;
        for (const step of all) {
          nowMs += step.waitMs;
          state = after(state, step, nowMs);
          const out = outOfUseIn('u', state, nowMs);
          if (out === undefined || state.phase === 'held') continue;
          const due = dueAtMs(state) ?? Infinity;
          expect(due).toBeLessThanOrEqual(nowMs + 3_600_000);
          expect(after(afterItsTime(state, due), { kind: 'answered', of: 'probe', waitMs: 0 }, due).phase).toBe('over');
        }
      }),
    );
  });
});
