import { describe, expect, it } from '@jest/globals';
import type { FailureKind } from '../../../src/domain/failure.js';
import {
  afterFailure,
  firstReady,
  msUntilReady,
  roundDelayMs,
  startingLineup,
} from '../../../src/domain/failover/lineup.js';

const NOW = 1_000_000;
const both = startingLineup([{ provider: 'openai' }, { provider: 'huggingface' }], NOW, 0.5);
const fails = (kind: FailureKind, retryAfterMs?: number, lineup = both, random = 0) =>
  afterFailure(
    lineup,
    'openai',
    { kind, message: '', ...(retryAfterMs !== undefined && { retryAfterMs }) },
    NOW,
    random,
  );

describe('a lineup', () => {
  it('asks the best provider first', () => {
    expect(firstReady(both, NOW)).toBe('openai');
  });

  it.each(['Auth', 'QuotaExhausted', 'BadOutput', 'BadRequest', 'ContextTooLong'] as const)(
    'drops a provider after %s',
    (kind) => {
      expect(fails(kind).map(({ provider }) => provider)).toEqual(['huggingface']);
    },
  );

  it.each(['RateLimited', 'Unavailable', 'Timeout', 'ProviderClosed'] as const)('rests a provider after %s', (kind) => {
    const lineup = fails(kind);
    expect(firstReady(lineup, NOW)).toBe('huggingface');
    expect(firstReady(lineup, NOW + 1_000)).toBe('openai');
  });

  it('rests a provider for as long as it asked, when that is longer than a round', () => {
    expect(firstReady(fails('RateLimited', 20_000), NOW + 19_999)).toBe('huggingface');
    expect(firstReady(fails('RateLimited', 20_000), NOW + 20_000)).toBe('openai');
  });

  it('spreads those who were limited together, never before the time that was named', () => {
    expect(firstReady(fails('RateLimited', 20_000, both, 1), NOW + 21_999)).toBe('huggingface');
    expect(firstReady(fails('RateLimited', 20_000, both, 1), NOW + 22_000)).toBe('openai');
    const closure = { cause: 'RateLimited', message: '', untilMs: NOW + 60_000 } as const;
    const [first, last] = [0, 1].map((random) => startingLineup([{ provider: 'openai', closure }], NOW, random));
    expect([first, last].map((lineup) => msUntilReady(lineup ?? [], NOW))).toEqual([60_000, 66_000]);
  });

  it('rests a provider that is away for 30 s at most: longer is the outage’s to say', () => {
    expect(firstReady(fails('Unavailable', 300_000), NOW + 29_999)).toBe('huggingface');
    expect(firstReady(fails('Unavailable', 300_000), NOW + 30_000)).toBe('openai');
  });

  it('asks a provider whose worker was lost once more, and then no more', () => {
    const once = fails('WorkerLost');
    expect(firstReady(once, NOW)).toBe('openai');
    expect(firstReady(fails('WorkerLost', undefined, once), NOW)).toBe('huggingface');
  });

  it('says how long until the earliest is ready', () => {
    const one = startingLineup([{ provider: 'openai' }], NOW, 0.5);
    expect(msUntilReady(one, NOW)).toBe(0);
    expect(msUntilReady(fails('RateLimited', 5_000, one), NOW)).toBe(5_000);
  });

  it('says Infinity when nobody is left', () => {
    expect(msUntilReady([], NOW)).toBe(Infinity);
  });
});

describe('the backoff between rounds', () => {
  it.each([
    [1, 1_000],
    [2, 2_000],
    [5, 16_000],
    [6, 30_000],
    [60, 30_000],
  ])('after %i failures rests %i ms in the middle of its spread', (failures, delayMs) => {
    expect(roundDelayMs(failures, 0.5)).toBe(delayMs);
  });

  it('spreads over 75 % to 125 %', () => {
    expect(roundDelayMs(1, 0)).toBe(750);
    expect(roundDelayMs(1, 1)).toBe(1_250);
  });
});
