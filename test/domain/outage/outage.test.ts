import { describe, expect, it } from '@jest/globals';
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
import { POLICY, type FailureKind } from '../../../src/domain/failure.js';
import { failureOf, NOW, reportOf } from './reports.js';

const opened = (...report: Parameters<typeof reportOf>) => openingState(reportOf(...report), NOW);
const suspected = opened('Unavailable');
const certain = opened('Timeout', { isCertain: true });
const doubted = opened('Auth');
const closed = opened('QuotaExhausted');
const limited = opened('RateLimited', { retryAfterMs: 60_000 });
const byHand = held('ticket 42', NOW);
const ended = over(suspected, NOW);
const PHASES: [string, OutageState][] = [
  ['suspected', suspected],
  ['doubted', doubted],
  ['closed', closed],
  ['limited', limited],
  ['held', byHand],
  ['over', ended],
];
const KINDS = Object.keys(POLICY) as FailureKind[];
const kindsThat = (outage: string) => KINDS.filter((kind) => POLICY[kind].outage === outage);

describe('an outage begins', () => {
  it.each(kindsThat('suspects'))('with %s as a suspicion that a probe decides soon, in use meanwhile', (kind) => {
    expect(opened(kind)).toMatchObject({ phase: 'suspected', inUse: true, cause: kind, probeAtMs: NOW + 500 });
    expect(outOfUseIn('u', opened(kind), NOW)).toBeUndefined();
  });

  it('out of use at once where so many calls failed that it cannot be chance', () => {
    expect(certain).toMatchObject({ phase: 'suspected', inUse: false });
    expect(outOfUseIn('u', certain, NOW)).toEqual({ unit: 'u', cause: 'Timeout', message: 'why' });
  });

  it('with a rate limit until the time that it names', () => {
    expect(limited).toMatchObject({ phase: 'limited', untilMs: NOW + 60_000 });
    expect(outOfUseIn('u', limited, NOW)).toMatchObject({ untilMs: NOW + 60_000 });
  });

  it('with a spent quota closed, and first probed after 30 s', () => {
    expect(closed).toMatchObject({ phase: 'closed', probeAtMs: NOW + 30_000 });
  });

  it('with one worker that doubts its key in use: it may be that worker alone', () => {
    expect(doubted).toMatchObject({ phase: 'doubted', workers: ['one'] });
    expect(outOfUseIn('u', doubted, NOW)).toBeUndefined();
  });

  it('closed with a key that nobody is left to try another of', () => {
    expect(opened('Auth', { isLastToServe: true })).toMatchObject({ phase: 'closed', cause: 'Auth' });
  });

  it.each(kindsThat('none'))('never with %s', (kind) => {
    expect(opened(kind).phase).toBe('over');
  });
});

describe('a further report', () => {
  it.each(PHASES)('of what says nothing about the provider changes nothing that is %s', (_, state) => {
    for (const kind of kindsThat('none')) expect(afterReport(state, reportOf(kind), NOW)).toBe(state);
  });

  it.each(PHASES.filter(([phase]) => phase !== 'over'))(
    'of one more failed call changes nothing that is %s',
    (_, state) => {
      for (const kind of kindsThat('suspects')) expect(afterReport(state, reportOf(kind), NOW + 1)).toBe(state);
    },
  );

  it.each(PHASES)('changes nothing that is held by an operator (a report that would begin one that is %s)', () => {
    for (const kind of KINDS) {
      expect(afterReport(byHand, reportOf(kind, { isCertain: true, isLastToServe: true }), NOW)).toBe(byHand);
    }
  });

  it('that is certain takes what was suspected out of use, and does not put the probe off', () => {
    const next = afterReport(suspected, reportOf('Unavailable', { isCertain: true }), NOW + 400);
    expect(next).toEqual({ ...suspected, inUse: false });
  });

  it('begins anew what is over', () => {
    expect(afterReport(ended, reportOf('Timeout'), NOW + 9_000)).toMatchObject({
      phase: 'suspected',
      cause: 'Timeout',
      sinceMs: NOW + 9_000,
    });
  });

  it('of a second worker that does not get in closes the provider, of the same one does not', () => {
    expect(afterReport(doubted, reportOf('Auth'), NOW + 1)).toMatchObject({ phase: 'doubted', workers: ['one'] });
    expect(afterReport(doubted, reportOf('Auth', { worker: 'two' }), NOW + 1)).toMatchObject({
      phase: 'closed',
      cause: 'Auth',
      sinceMs: NOW,
    });
  });

  it.each(PHASES.filter(([phase]) => ['suspected', 'doubted', 'over'].includes(phase)))(
    'of a rate limit or a spent quota closes what is %s',
    (_, state) => {
      expect(afterReport(state, reportOf('RateLimited', { retryAfterMs: 7_000 }), NOW)).toMatchObject({
        phase: 'limited',
        untilMs: NOW + 7_000,
      });
      expect(afterReport(state, reportOf('QuotaExhausted'), NOW)).toMatchObject({ phase: 'closed' });
    },
  );

  it('of a rate limit moves a limit only to a later time', () => {
    expect(afterReport(limited, reportOf('RateLimited', { retryAfterMs: 5_000 }), NOW)).toBe(limited);
    expect(afterReport(limited, reportOf('RateLimited'), NOW)).toBe(limited);
    expect(afterReport(limited, reportOf('RateLimited', { retryAfterMs: 90_000 }), NOW)).toMatchObject({
      untilMs: NOW + 90_000,
      sinceMs: NOW,
    });
  });
});

describe('a rate limit that names no time', () => {
  it('lasts 5 s, and twice as long each time it goes on right after, 30 s at most', () => {
    let state = opened('RateLimited');
    const rests: number[] = [];
    for (let time = 0, nowMs = NOW; time < 9; time += 1) {
      rests.push((dueAtMs(state) ?? NaN) - nowMs);
      nowMs = dueAtMs(state) ?? NaN;
      state = afterReport(afterItsTime(state, nowMs), reportOf('RateLimited'), nowMs);
    }
    expect(rests).toEqual([5, 10, 20, 30, 30, 30, 30, 30, 30].map((seconds) => seconds * 1_000));
  });

  it('is watched for as long as it lasted, to be known again', () => {
    const after = afterItsTime(opened('RateLimited'), NOW + 5_000);
    expect(after).toMatchObject({ phase: 'over', watchedUntilMs: NOW + 10_000, restMs: 5_000 });
  });
});

describe('the time that an outage waits for', () => {
  it('ends a limit and a doubt, and nothing else', () => {
    for (const [phase, state] of PHASES) {
      const next = afterItsTime(state, NOW);
      if (phase === 'limited' || phase === 'doubted') expect(next.phase).toBe('over');
      else expect(next).toBe(state);
    }
  });

  it('is never for what an operator holds', () => {
    expect(dueAtMs(byHand)).toBeUndefined();
    expect(outOfUseIn('u', byHand, NOW + 1e12)).toEqual({ unit: 'u', cause: 'Operator', message: 'ticket 42' });
  });

  it('gives the provider back when it is long overdue: no worker was there to look for its return', () => {
    const failedProbe = afterProbe(certain, failureOf('Timeout'), { nowMs: NOW, askedAtMs: NOW, blips: 0 });
    for (const state of [certain, failedProbe, limited]) {
      const due = dueAtMs(state) ?? NaN;
      expect(outOfUseIn('u', state, due + 120_000)).toBeDefined();
      expect(outOfUseIn('u', state, due + 120_001)).toBeUndefined();
    }
  });
});

describe('an outage that only a person can end', () => {
  it('keeps its provider out of use, however long nobody was there to look', () => {
    expect(outOfUseIn('u', closed, NOW + 1e12)).toBeDefined();
  });

  it('remembers whose key was taken: those of other workers then do not speak against it, until that one fails', () => {
    const auth = opened('Auth', { isLastToServe: true });
    const proven = afterProbe(auth, undefined, { nowMs: NOW, askedAtMs: NOW, blips: 0, worker: 'well' });
    expect(proven).toMatchObject({ phase: 'over', provenBy: 'well', watchedUntilMs: NOW + 900_000 });
    const two = ['one', 'two'].reduce((state, worker) => afterReport(state, reportOf('Auth', { worker }), NOW), proven);
    expect(two).toMatchObject({ phase: 'doubted', workers: ['one', 'two'] });
    expect(afterReport(two, reportOf('Auth', { worker: 'well' }), NOW)).toMatchObject({ phase: 'closed' });
    expect(afterReport(two, reportOf('Auth', { isLastToServe: true }), NOW)).toMatchObject({ phase: 'closed' });
  });
});

describe('the operator', () => {
  it.each(PHASES)('enables what is %s, and nothing is left to watch', (_, state) => {
    const next = enabled(state, NOW + 1);
    expect(next).toMatchObject({ phase: 'over', cause: state.cause, watchedUntilMs: NOW + 1 });
    expect(outOfUseIn('u', next, NOW + 1)).toBeUndefined();
  });
});

describe('what is over', () => {
  it('is watched for five minutes after a blip, and not at all after an outage', () => {
    expect(ended).toMatchObject({ phase: 'over', watchedUntilMs: NOW + 300_000 });
    expect(over(closed, NOW)).toMatchObject({ watchedUntilMs: NOW });
    expect(over(limited, NOW)).toMatchObject({ watchedUntilMs: NOW });
    expect(outOfUseIn('u', ended, NOW)).toBeUndefined();
  });
});
