import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { folded, lastWords, totalCostUsd, type Attempt } from '../../src/domain/attempt.js';

const ok: Attempt = {
  task: 'summarize',
  provider: 'openai',
  model: 'm',
  outcome: 'ok',
  startedAt: '2026-11-01T00:00:00.000Z',
  latencyMs: 5,
};
const failed = (message: string, more: Partial<Attempt> = {}): Attempt => ({
  ...ok,
  outcome: 'failed',
  failure: 'Unavailable',
  message,
  ...more,
});

describe('a trail that is folded', () => {
  it('keeps the first and the last of what a provider failed with, and counts what was between', () => {
    const trail = [failed('1'), failed('2'), failed('3'), failed('4'), ok];
    expect(folded(trail)).toEqual([{ ...failed('1'), folded: 2 }, failed('4'), ok]);
  });

  it('keeps two failures as they are', () => {
    expect(folded([failed('1'), failed('2')])).toEqual([failed('1'), failed('2')]);
  });

  it('keeps every answer', () => {
    expect(folded([ok, ok, ok, ok])).toEqual([ok, ok, ok, ok]);
  });

  it('keeps providers, tasks, parts and what may be paid apart', () => {
    const trail = [{}, { provider: 'x' }, { task: 'sentiment' as const }, { part: '1/2' }, { possiblyPaid: true }];
    const all = [...trail, ...trail].map((more) => failed('m', more));
    expect(folded(all)).toEqual(all);
  });

  it('adds the tokens and the cost of what was between to the first', () => {
    const paid = { inputTokens: 10, outputTokens: 2, costUsd: 0.5 };
    const [first] = folded([failed('1', paid), failed('2', paid), failed('3', paid), failed('4', paid)]);
    expect(first).toMatchObject({ inputTokens: 30, outputTokens: 6, costUsd: 1.5, folded: 2 });
  });

  it('is folded again and again without losing count', () => {
    let trail: Attempt[] = [];
    for (let round = 0; round < 5; round += 1) trail = folded([...trail, failed('a'), failed('b'), failed('c')]);
    expect(trail).toHaveLength(2);
    expect(trail[0]?.folded).toBe(13);
  });
});

const attempts = fc.array(
  fc.record(
    {
      task: fc.constantFrom('summarize' as const, 'sentiment' as const),
      provider: fc.constantFrom('openai', 'huggingface'),
      model: fc.constant('m'),
      outcome: fc.constantFrom('ok' as const, 'failed' as const, 'skipped' as const),
      startedAt: fc.constant(ok.startedAt),
      latencyMs: fc.nat(1_000),
      inputTokens: fc.nat(10_000),
      outputTokens: fc.nat(10_000),
      costUsd: fc.nat(1_000).map((thousandths) => thousandths / 1_024), // sums without rounding
      part: fc.constantFrom('1/2', '2/2'),
      possiblyPaid: fc.constant(true),
    },
    { requiredKeys: ['task', 'provider', 'model', 'outcome', 'startedAt', 'latencyMs'] },
  ),
  { maxLength: 60 },
);
const sum = (trail: readonly Attempt[], of: (attempt: Attempt) => number | undefined) =>
  trail.reduce((total, attempt) => total + (of(attempt) ?? 0), 0);

describe('whatever a trail holds, folding it', () => {
  it('changes neither its cost, nor its tokens, nor how many attempts it tells of', () => {
    fc.assert(
      fc.property(attempts, (trail) => {
        const short = folded(trail);
        expect(totalCostUsd(short)).toBe(totalCostUsd(trail));
        for (const key of ['inputTokens', 'outputTokens', 'costUsd'] as const) {
          expect(sum(short, (each) => each[key])).toBe(sum(trail, (each) => each[key]));
        }
        expect(sum(short, (each) => 1 + (each.folded ?? 0))).toBe(trail.length);
      }),
      { numRuns: 500 },
    );
  });

  it('leaves answers in their order, and at most two lines for each way to fail', () => {
    fc.assert(
      fc.property(attempts, (trail) => {
        const short = folded(trail);
        const answers = (all: readonly Attempt[]) => all.filter(({ outcome }) => outcome === 'ok');
        expect(answers(short)).toEqual(answers(trail));
        expect(folded(short)).toEqual(short);
        expect(short.length - answers(short).length).toBeLessThanOrEqual(2 * 2 * 2 * 3 * 2 * 2);
      }),
    );
  });
});

describe('the cost of a run', () => {
  it('is what the answers cost, and what failed but was billed', () => {
    expect(totalCostUsd([{ ...ok, costUsd: 1 }, failed('m', { costUsd: 0.5, outputTokens: 3 }), failed('m')])).toBe(
      1.5,
    );
  });

  it('is not known when something that was billed has no price', () => {
    expect(totalCostUsd([{ ...ok, costUsd: 1 }, ok])).toBeNull();
    expect(totalCostUsd([failed('m', { outputTokens: 3 })])).toBeNull();
  });
});

describe('the last words about a task', () => {
  it('are what each provider failed with last', () => {
    const trail = [failed('1'), failed('2'), failed('x', { provider: 'huggingface', failure: 'Auth' })];
    expect(lastWords('summarize', trail)).toBe('openai: Unavailable: 2; huggingface: Auth: x');
  });

  it('are a real failure rather than that somebody was passed over later', () => {
    const skipped = failed('an outage is open', { outcome: 'skipped', failure: 'ProviderClosed' });
    expect(lastWords('summarize', [failed('500'), skipped])).toBe('openai: Unavailable: 500');
    expect(lastWords('summarize', [skipped])).toContain('an outage is open');
  });

  it('say so when there are none', () => {
    expect(lastWords('sentiment', [failed('1')])).toBe('nobody was asked yet');
  });
});
