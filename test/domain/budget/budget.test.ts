import { describe, expect, it } from '@jest/globals';
import type { Attempt } from '../../../src/domain/attempt.js';
import { atMostUsdOf, sumUsd, worstCaseOfCallUsd, worstCaseUsd } from '../../../src/domain/budget/budget.js';
import type { Candidate } from '../../../src/domain/failover/plan.js';
import { Budget } from '../../../src/workflows/budget/budget.js';

const candidate: Candidate = {
  provider: 'openai',
  model: 'm',
  timeoutMs: 1_000,
  retry: { maximumAttempts: 1, initialIntervalMs: 1, maximumIntervalMs: 1, backoffCoefficient: 1 },
  price: { inputPerMillionTokens: 1, outputPerMillionTokens: 10 },
  maxOutputTokens: 100,
  local: false,
};
const { price: _, ...unpriced } = candidate;
const retried = { ...candidate, retry: { ...candidate.retry, maximumAttempts: 3 } };
/** Of a text of 400 bytes. */
const WORST_USD = (400 + 600 + 10 * 100) / 1e6;
const TEXT = 'x'.repeat(400);

const attempt: Attempt = {
  task: 'summarize',
  provider: 'openai',
  model: 'm',
  outcome: 'failed',
  startedAt: '2026-11-01T00:00:00.000Z',
  latencyMs: 5,
};
const answered: Attempt = { ...attempt, outcome: 'ok', inputTokens: 100, outputTokens: 10, costUsd: 0.0002 };

describe('the worst case of a call', () => {
  it('takes every byte for a token, and the longest answer', () => {
    expect(worstCaseUsd(candidate, 400)).toBeCloseTo(WORST_USD, 12);
  });

  it('counts every retry in place', () => {
    expect(worstCaseOfCallUsd(retried, 400)).toBeCloseTo(3 * WORST_USD, 12);
  });

  it('is not known without a price', () => {
    expect(worstCaseUsd(unpriced, 1)).toBeNull();
    expect(worstCaseOfCallUsd(unpriced, 1)).toBeNull();
  });
});

describe('what an attempt may have cost', () => {
  it.each<[string, Attempt, number | null]>([
    ['is what the vendor counted', answered, 0.0002],
    ['is its worst case when the vendor counted nothing', { ...attempt, outcome: 'ok' }, 1],
    ['is its worst case when its cost is a guess', { ...attempt, outcome: 'ok', costUsd: 0.0002 }, 1],
    ['is its worst case when no answer came that could be used', { ...attempt, possiblyPaid: true }, 1],
    ['is what a failed call was billed', { ...answered, outcome: 'failed' }, 0.0002],
    ['is its worst case when tokens were billed at no known price', { ...attempt, outputTokens: 3 }, 1],
    ['is nothing when it failed without an answer', attempt, 0],
    ['is nothing when it was not made', { ...attempt, outcome: 'skipped' }, 0],
  ])('%s', (_, made, usd) => {
    expect(atMostUsdOf(made, 1)).toBe(usd);
  });

  it('is not known when there is no price', () => {
    expect(atMostUsdOf({ ...attempt, outcome: 'ok' }, null)).toBeNull();
    expect(sumUsd(1, null)).toBeNull();
    expect(sumUsd(1, 2)).toBe(3);
  });
});

describe('a budget', () => {
  it('has room for a call when its worst case fits', () => {
    expect(new Budget(WORST_USD).fits(candidate, TEXT)).toBe(true);
    expect(new Budget(WORST_USD - 1e-9).shortfall(candidate, TEXT)).toBe(
      'up to $0.000000 of $0.002000 is spent, and the next call may cost $0.002000',
    );
  });

  it('counts bytes, not characters', () => {
    expect(new Budget(WORST_USD).fits(candidate, '😀'.repeat(101))).toBe(false);
  });

  it('has room for everything without a limit, also for what has no price', () => {
    expect(new Budget(undefined).fits(unpriced, TEXT)).toBe(true);
    expect(new Budget(1).fits(unpriced, TEXT)).toBe(false);
  });

  it('sets the worst case aside while a call is under way, and counts what it came to', () => {
    const budget = new Budget(1.5 * WORST_USD);
    const settle = budget.setAside(candidate, TEXT);
    expect(budget.fits(candidate, TEXT)).toBe(false);
    expect(budget.isHeldBack(candidate, TEXT)).toBe(true);
    settle([answered]);
    expect(budget.atMostUsd).toBe(0.0002);
    expect(budget.isHeldBack(candidate, TEXT)).toBe(false);
    expect(budget.fits(candidate, TEXT)).toBe(true);
  });

  it('counts each retry in place that may be paid', () => {
    const budget = new Budget(1);
    budget.setAside(retried, TEXT)([{ ...attempt, possiblyPaid: true }, attempt, answered]);
    expect(budget.atMostUsd).toBeCloseTo(WORST_USD + 0.0002, 12);
  });

  it('goes on from what was spent before, and has room for nothing where that is not known', () => {
    expect(new Budget(WORST_USD, 0.001).fits(candidate, TEXT)).toBe(false);
    expect(new Budget(1, null).fits(candidate, TEXT)).toBe(false);
  });

  it('says that it is not known what was spent once an answer had no price', () => {
    const budget = new Budget(undefined);
    budget.setAside(unpriced, TEXT)([{ ...attempt, outcome: 'ok' }]);
    expect(budget.atMostUsd).toBeNull();
  });
});
