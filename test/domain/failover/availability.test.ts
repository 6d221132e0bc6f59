import { describe, expect, it } from '@jest/globals';
import {
  afterAnswer,
  afterClosing,
  afterFailure,
  afterOutage,
  afterRetryNow,
  afterUnheard,
  firstReady,
  msUntilReady,
  notDropped,
  obstacleTo,
  roundDelayMs,
  type Availability,
} from '../../../src/domain/failover/availability.js';
import type { FailureKind } from '../../../src/domain/failure.js';

const NOW = 1_000_000;
const openai = { provider: 'openai', model: 'mini' };
const large = { provider: 'openai', model: 'large' };
const huggingface = { provider: 'huggingface', model: 'bart' };
const both = [openai, huggingface];
const ALL: Availability = {};

interface Given {
  retryAfterMs: number;
  map: Availability;
  random: number;
}
function fails(kind: FailureKind, { retryAfterMs, map = ALL, random = 0 }: Partial<Given> = {}): Availability {
  const failure = { kind, message: 'm', ...(retryAfterMs !== undefined && { retryAfterMs }) };
  return afterFailure(map, 'summarize', openai, failure, NOW, random);
}
const waitMs = (map: Availability, place = openai) => msUntilReady(map, 'summarize', [place], NOW);

describe('what a run knows of its providers', () => {
  it('is nothing at first, and the best is asked', () => {
    expect(firstReady(ALL, 'summarize', both, NOW)).toBe(openai);
    expect(msUntilReady(ALL, 'summarize', both, NOW)).toBe(0);
  });

  it('has nobody to be asked, ever, where there is no candidate', () => {
    const nobody: typeof both = [];
    expect(firstReady(ALL, 'summarize', nobody, NOW)).toBeUndefined();
    expect(msUntilReady(ALL, 'summarize', nobody, NOW)).toBe(Infinity);
  });

  it.each(['QuotaExhausted', 'BadOutput', 'BadRequest', 'ContextTooLong', 'Refused'] as const)(
    'drops a provider that failed with %s',
    (kind) => {
      const map = fails(kind);
      expect(notDropped(map, 'summarize', both)).toEqual([huggingface]);
      expect(firstReady(map, 'summarize', both, NOW + 1e12)).toBe(huggingface);
      expect(msUntilReady(map, 'summarize', [openai], NOW)).toBe(Infinity);
    },
  );

  it.each(['RateLimited', 'Unavailable', 'Timeout', 'WorkerLost', 'WorkerFault', 'ProviderClosed', 'Auth'] as const)(
    'leaves a provider that failed with %s alone for a round, and comes back to it',
    (kind) => {
      const map = fails(kind);
      expect(firstReady(map, 'summarize', both, NOW)).toBe(huggingface);
      expect(notDropped(map, 'summarize', both)).toEqual(both);
      expect(waitMs(map)).toBe(750);
      expect(firstReady(map, 'summarize', both, NOW + 750)).toBe(openai);
    },
  );

  it('waits longer each time, until it answers', () => {
    const twice = fails('Unavailable', { map: fails('Unavailable') });
    expect(waitMs(twice)).toBe(1_500);
    const well = afterAnswer(twice, 'summarize', openai);
    expect(well).toEqual({});
    expect(waitMs(fails('Unavailable', { map: well }))).toBe(750);
  });

  it('waits no longer than a round where the provider asks for more: the rest is for its outage to say', () => {
    expect(waitMs(fails('Unavailable', { retryAfterMs: 3_000 }))).toBe(3_000);
    expect(waitMs(fails('Unavailable', { retryAfterMs: 600_000 }))).toBe(30_000);
  });

  it('waits for a rate limit as long as it said, and a little later than others', () => {
    expect(waitMs(fails('RateLimited', { retryAfterMs: 600_000 }))).toBe(600_000);
    expect(waitMs(fails('RateLimited', { retryAfterMs: 600_000, random: 1 }))).toBe(660_000);
  });

  it('spreads rounds by a quarter to either side, up to 30 s', () => {
    expect([0, 0.5, 1].map((random) => roundDelayMs(1, random))).toEqual([750, 1_000, 1_250]);
    expect(roundDelayMs(30, 0.5)).toBe(30_000);
  });
});

describe('what a failure is about', () => {
  it.each(['QuotaExhausted', 'Auth'] as const)('is the account, with all its models and tasks, for %s', (kind) => {
    const map = fails(kind);
    expect(obstacleTo(map, 'summarize', large, NOW)?.why.kind).toBe(kind);
    expect(obstacleTo(map, 'sentiment', openai, NOW)?.why.kind).toBe(kind);
    expect(obstacleTo(map, 'summarize', huggingface, NOW)).toBeUndefined();
  });

  it.each(['RateLimited', 'Unavailable', 'Timeout'] as const)('is the model, at every task, for %s', (kind) => {
    const map = fails(kind);
    expect(obstacleTo(map, 'sentiment', openai, NOW)?.why.kind).toBe(kind);
    expect(obstacleTo(map, 'summarize', large, NOW)).toBeUndefined();
  });

  it.each(['BadOutput', 'BadRequest', 'ContextTooLong', 'Refused'] as const)('is one task with it, for %s', (kind) => {
    const map = fails(kind);
    expect(obstacleTo(map, 'summarize', openai, NOW)?.why.kind).toBe(kind);
    expect(obstacleTo(map, 'sentiment', openai, NOW)).toBeUndefined();
  });

  it('that lasts longest is the one that is told', () => {
    const map = afterFailure(fails('Unavailable'), 'summarize', openai, { kind: 'BadRequest', message: 'no' }, NOW, 0);
    expect(obstacleTo(map, 'summarize', openai, NOW)?.why).toEqual({ kind: 'BadRequest', message: 'no' });
  });

  it('is over for all that it concerned when the provider answers', () => {
    const map = fails('Auth', { map: fails('Unavailable') });
    expect(afterAnswer(map, 'sentiment', openai)).toEqual({});
    expect(afterAnswer(map, 'sentiment', huggingface)).toEqual(map);
  });
});

describe('what was dropped', () => {
  it('stays so when a call that was under way meanwhile answers', () => {
    expect(notDropped(afterAnswer(fails('BadRequest'), 'summarize', openai), 'summarize', [openai])).toEqual([]);
  });

  it('stays so when a call that was under way meanwhile fails in a passing way', () => {
    const map = fails('Auth', { map: fails('QuotaExhausted') });
    expect(obstacleTo(map, 'summarize', openai, NOW)?.why.kind).toBe('QuotaExhausted');
    expect(notDropped(map, 'summarize', [openai])).toEqual([]);
  });
});

describe('an outage that is open', () => {
  const unnamed = { unit: 'openai/mini', cause: 'Unavailable', message: '500' } as const;
  const named = { unit: 'openai/mini', cause: 'RateLimited', message: '429', untilMs: NOW + 60_000 } as const;

  it('is waited for until the time that it named, spread a little beyond', () => {
    expect(waitMs(afterClosing(ALL, named, NOW, 0))).toBe(60_000);
    expect(waitMs(afterClosing(ALL, named, NOW, 1))).toBe(66_000);
    expect(obstacleTo(afterClosing(ALL, named, NOW, 0), 'sentiment', openai, NOW)).toMatchObject({ named: true });
  });

  it('without a time is looked at again at growing intervals, in case its end is missed', () => {
    const once = afterClosing(ALL, unnamed, NOW, 0.5);
    expect(waitMs(once)).toBe(180_000);
    expect(waitMs(afterClosing(once, unnamed, NOW, 0.5))).toBe(360_000);
    const often = Array.from({ length: 20 }).reduce<Availability>((map) => afterClosing(map, unnamed, NOW, 0.5), ALL);
    expect(waitMs(often)).toBe(600_000);
  });

  it.each(['Auth', 'QuotaExhausted'] as const)('of %s drops the provider: nobody waits for a person', (cause) => {
    const map = afterClosing(ALL, { unit: 'openai', cause, message: 'no' }, NOW, 0);
    expect(notDropped(map, 'summarize', [openai, large, huggingface])).toEqual([huggingface]);
    expect(obstacleTo(map, 'summarize', large, NOW)?.why).toEqual({
      kind: 'ProviderClosed',
      message: `an outage is open: ${cause}: no`,
    });
  });

  it('by an operator is waited for', () => {
    const map = afterClosing(ALL, { unit: 'openai', cause: 'Operator', message: 'ticket 42' }, NOW, 0);
    expect(notDropped(map, 'summarize', both)).toEqual(both);
    expect(obstacleTo(map, 'summarize', openai, NOW)?.why.message).toBe('disabled by an operator: ticket 42');
  });

  it('is what counts where a call was not even made for it', () => {
    const failure = { kind: 'ProviderClosed', message: 'm', outOfUse: unnamed } as const;
    const map = afterFailure(ALL, 'summarize', openai, failure, NOW, 0.5);
    expect(map).toEqual(afterClosing(ALL, unnamed, NOW, 0.5));
  });

  it('frees at its end what it held up, and nothing else', () => {
    const map = { ...fails('BadRequest'), ...afterClosing(ALL, unnamed, NOW, 0) };
    expect(afterOutage(map, 'openai/mini')).toEqual(fails('BadRequest'));
    expect(afterOutage(map, 'openai')).toEqual(map);
    expect(waitMs(afterOutage(fails('RateLimited', { retryAfterMs: 60_000 }), 'openai/mini'))).toBe(0);
  });
});

describe('an outage that is not there to hear of a run', () => {
  const told = { unit: 'openai/mini', cause: 'RateLimited', message: '429', untilMs: NOW + 600_000 } as const;

  it('is looked for again soon, though a worker remembered until when it was to last', () => {
    const map = afterUnheard(afterClosing({}, told, NOW, 0), 'openai/mini', NOW + 1_500);
    expect(waitMs(map)).toBe(1_500);
  });

  it('leaves the time that the provider named in this run, and what another outage holds up', () => {
    const map = fails('RateLimited', {
      retryAfterMs: 60_000,
      map: afterClosing({}, { ...told, unit: 'huggingface' }, NOW, 0),
    });
    expect(afterUnheard(map, 'openai/mini', NOW + 1_500)).toEqual(map);
  });
});

describe('a person who wants all to be asked at once', () => {
  it('ends every wait, and brings back nobody who was dropped', () => {
    const closing = { unit: 'huggingface', cause: 'Operator', message: '' } as const;
    const map = afterRetryNow(afterClosing(fails('BadRequest', { map: fails('Timeout') }), closing, NOW, 0));
    expect(firstReady(map, 'summarize', both, NOW)).toBe(huggingface);
    expect(notDropped(map, 'summarize', both)).toEqual([huggingface]);
    expect(firstReady(map, 'sentiment', both, NOW)).toBe(openai);
  });
});
