import { describe, expect, it } from '@jest/globals';
import { worstCaseOfCallUsd } from '../../src/domain/budget.js';
import type { Candidate } from '../../src/domain/plan.js';

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
    expect(worstCaseOfCallUsd(candidate, 'x'.repeat(400))).toBeCloseTo((400 + 600 + 10 * 100) / 1e6, 12);
  });

  it('counts bytes, not characters', () => {
    const ascii = worstCaseOfCallUsd(candidate, 'xx');
    expect(worstCaseOfCallUsd(candidate, '😀')).toBeCloseTo(ascii + 2 / 1e6, 12);
  });

  it('counts every retry in place', () => {
    const retry = { ...candidate.retry, maximumAttempts: 3 };
    expect(worstCaseOfCallUsd({ ...candidate, retry }, 'x')).toBeCloseTo(3 * worstCaseOfCallUsd(candidate, 'x'), 12);
  });

  it('is nothing without a price', () => {
    const { price: _, ...unpriced } = candidate;
    expect(worstCaseOfCallUsd(unpriced, 'x')).toBe(0);
  });
});
