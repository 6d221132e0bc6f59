import { describe, expect, it } from '@jest/globals';
import { bytesOf, worstCaseOfCallUsd } from '../../../src/domain/budget/budget.js';
import type { Candidate } from '../../../src/domain/failover/plan.js';

const candidate: Candidate = {
  provider: 'openai',
  model: 'm',
  timeoutMs: 1_000,
  retry: { maximumAttempts: 1, initialIntervalMs: 1, maximumIntervalMs: 1, backoffCoefficient: 1 },
  price: { inputPerMillionTokens: 1, outputPerMillionTokens: 10 },
  maxOutputTokens: 100,
  local: false,
};

describe('the worst case of a call', () => {
  it('takes every byte for a token, and the longest answer', () => {
    expect(worstCaseOfCallUsd(candidate, 400)).toBeCloseTo((400 + 600 + 10 * 100) / 1e6, 12);
  });

  it('counts bytes, not characters', () => {
    expect(bytesOf('😀')).toBe(4);
  });

  it('counts every retry in place', () => {
    const retry = { ...candidate.retry, maximumAttempts: 3 };
    expect(worstCaseOfCallUsd({ ...candidate, retry }, 1)).toBeCloseTo(3 * worstCaseOfCallUsd(candidate, 1), 12);
  });

  it('is nothing without a price', () => {
    const { price: _, ...unpriced } = candidate;
    expect(worstCaseOfCallUsd(unpriced, 1)).toBe(0);
  });
});
