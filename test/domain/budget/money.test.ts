import { describe, expect, it } from '@jest/globals';
import { totalCostUsd, type Attempt } from '../../../src/domain/attempt.js';
import { costOf } from '../../../src/domain/cost.js';

const price = { inputPerMillionTokens: 0.25, outputPerMillionTokens: 2 };
const attempt = (fields: Partial<Attempt>): Attempt => ({
  task: 'summarize',
  provider: 'openai',
  model: 'm',
  outcome: 'ok',
  startedAt: '2026-01-01T00:00:00.000Z',
  latencyMs: 1,
  ...fields,
});

describe('the cost of a call', () => {
  it('is tokens times price per million', () => {
    expect(costOf({ inputTokens: 1_000_000, outputTokens: 500_000 }, price)).toBe(1.25);
  });

  it('is unknown, not free, without a price or without usage', () => {
    expect(costOf({ inputTokens: 1, outputTokens: 1 }, undefined)).toBeUndefined();
    expect(costOf(undefined, price)).toBeUndefined();
  });
});

describe('the cost of a run', () => {
  it('adds up every attempt that was billed, failed ones too', () => {
    expect(
      totalCostUsd([attempt({ costUsd: 0.25 }), attempt({ outcome: 'failed', costUsd: 0.5, outputTokens: 9 })]),
    ).toBe(0.75);
  });

  it('is null when an answered call has no known price', () => {
    expect(totalCostUsd([attempt({ costUsd: 0.25 }), attempt({})])).toBeNull();
  });

  it('counts calls that were refused or skipped as free', () => {
    expect(totalCostUsd([attempt({ outcome: 'failed', failure: 'Auth' }), attempt({ outcome: 'skipped' })])).toBe(0);
  });
});
