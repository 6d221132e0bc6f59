import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  afterAnswer,
  afterClosing,
  afterFailure,
  afterOutage,
  afterRetryNow,
  firstReady,
  msUntilReady,
  notDropped,
  obstacleTo,
  type Availability,
} from '../../../src/domain/failover/availability.js';
import { isLasting, unitOf } from '../../../src/domain/failover/out-of-use.js';
import { POLICY, type FailureKind } from '../../../src/domain/failure.js';
import { ANALYZE_TASKS as TASKS, type AnalyzeTask as Task } from '../../../src/domain/analyze/analysis.js';

const PLACES = [
  { provider: 'openai', model: 'mini' },
  { provider: 'openai', model: 'large' },
  { provider: 'huggingface', model: 'bart' },
];
const KINDS = Object.keys(POLICY) as FailureKind[];
const UNITS = PLACES.flatMap(({ provider, model }) => [provider, unitOf(provider, model)]);
const CAUSES = ['Operator', 'RateLimited', 'Unavailable', 'Auth', 'QuotaExhausted'] as const;
const START = 1_000_000;

const does = {
  fail: fc.record({
    does: fc.constant('fail' as const),
    task: fc.constantFrom(...TASKS),
    place: fc.constantFrom(...PLACES),
    kind: fc.constantFrom(...KINDS),
    retryAfterMs: fc.nat(3_600_000),
  }),
  answer: fc.record({
    does: fc.constant('answer' as const),
    task: fc.constantFrom(...TASKS),
    place: fc.constantFrom(...PLACES),
  }),
  close: fc.record({
    does: fc.constant('close' as const),
    unit: fc.constantFrom(...UNITS),
    cause: fc.constantFrom(...CAUSES),
    untilMs: fc.option(fc.integer({ min: START, max: START + 10_000_000 })),
  }),
  reopen: fc.record({ does: fc.constant('reopen' as const), unit: fc.constantFrom(...UNITS) }),
  retryNow: fc.record({ does: fc.constant('retryNow' as const) }),
};
const step = fc.oneof(does.fail, does.answer, does.close, does.reopen, does.retryNow);
const timedSteps = fc.array(fc.tuple(step, fc.nat(60_000), fc.double({ min: 0, max: 1, noNaN: true })), {
  maxLength: 40,
});
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;
type Place = (typeof PLACES)[number];

/** Calls may be under way while others fail, so any step may follow any other. */
function play(
  steps: readonly [step: Step, afterMs: number, random: number][],
  seen: (map: Availability, step: Step, nowMs: number) => void,
): void {
  let map: Availability = {};
  let nowMs = START;
  for (const [step, afterMs, random] of steps) {
    nowMs += afterMs;
    map = after(map, step, nowMs, random);
    seen(map, step, nowMs);
  }
}

function after(map: Availability, step: Step, nowMs: number, random: number): Availability {
  switch (step.does) {
    case 'fail': {
      const { task, place, kind, retryAfterMs } = step;
      return afterFailure(map, task, place, { kind, message: 'm', retryAfterMs }, nowMs, random);
    }
    case 'answer':
      return afterAnswer(map, step.task, step.place);
    case 'close': {
      const { unit, cause, untilMs } = step;
      return afterClosing(map, { unit, cause, message: 'm', ...(untilMs !== null && { untilMs }) }, nowMs, random);
    }
    case 'reopen':
      return afterOutage(map, step.unit);
    case 'retryNow':
      return afterRetryNow(map);
  }
}

/** Whether a step drops a place for a task, for the rest of the run. */
function drops(step: Step, task: Task, place: Place): boolean {
  if (step.does === 'close') {
    return isLasting(step.cause) && [place.provider, unitOf(place.provider, place.model)].includes(step.unit);
  }
  if (step.does !== 'fail' || !['switch', 'split', 'stop'].includes(POLICY[step.kind].run)) return false;
  if (POLICY[step.kind].about === 'account') return step.place.provider === place.provider;
  return step.place === place && step.task === task;
}

describe('in whatever order calls fail and answer, and outages come and go', () => {
  it('nobody who was dropped is asked again, and nobody else is lost', () => {
    fc.assert(
      fc.property(timedSteps, (steps) => {
        const left = new Map(TASKS.map((task) => [task, PLACES]));
        play(steps, (map, step, nowMs) => {
          for (const task of TASKS) {
            const remaining = (left.get(task) ?? []).filter((place) => !drops(step, task, place));
            left.set(task, remaining);
            expect(notDropped(map, task, PLACES)).toEqual(remaining);
            expect([undefined, ...remaining]).toContain(firstReady(map, task, PLACES, nowMs));
            expect(msUntilReady(map, task, PLACES, nowMs) < Infinity).toBe(remaining.length > 0);
          }
        });
      }),
      { numRuns: 500 },
    );
  });

  it('somebody is ready when the time that was waited for has come, and not before', () => {
    fc.assert(
      fc.property(timedSteps, (steps) => {
        play(steps, (map, _, nowMs) => {
          for (const task of TASKS) {
            const waitMs = msUntilReady(map, task, PLACES, nowMs);
            expect(firstReady(map, task, PLACES, nowMs) === undefined).toBe(waitMs > 0);
            if (waitMs === 0 || waitMs === Infinity) continue;
            expect(firstReady(map, task, PLACES, nowMs + waitMs + 0.001)).toBeDefined();
            expect(firstReady(map, task, PLACES, nowMs + waitMs - 1)).toBeUndefined();
          }
        });
      }),
      { numRuns: 200 },
    );
  });

  it('the end of every outage, then a person who wants all to be asked, leaves no wait', () => {
    fc.assert(
      fc.property(timedSteps, (steps) => {
        play(steps, (map, _, nowMs) => {
          const freed = afterRetryNow(UNITS.reduce(afterOutage, map));
          for (const place of notDropped(freed, 'summarize', PLACES)) {
            expect(obstacleTo(freed, 'summarize', place, nowMs)).toBeUndefined();
          }
        });
      }),
    );
  });
});
