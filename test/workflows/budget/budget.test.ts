import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { PROBE_TEXT } from '../../../src/domain/outage/outage.js';
import { openRig, type Rig } from '../../support/rig.js';

const TEXT = 'The delivery was quick. The box was dented but everything inside worked.';
const PRICE = 'price: { inputPerMillionTokens: 100, outputPerMillionTokens: 200 }';
const ROUTES = { summarize: ['dear', 'pipeline'], sentiment: ['dear'] };
/** Of one call with a short text: (text + 600) input tokens and 196 output tokens, which 16 words allow. */
const WORST_USD = (TEXT.length + 600) * 100e-6 + 196 * 200e-6;
const CALL_USD = (50 + Math.ceil(TEXT.length / 4)) * 100e-6 + 20 * 200e-6;

let rig: Rig;
beforeAll(async () => {
  rig = await openRig(
    (fake) => `
maxSummaryWords: 16
providers:
  dear: { kind: openai, reasoningEffort: none, baseUrl: "${fake.openaiUrl('dear')}", timeoutMs: 1000, maxInputChars: 2000, ${PRICE} }
  pipeline: { kind: huggingface, baseUrl: "${fake.huggingFaceUrl('pipeline')}", timeoutMs: 1000, ${PRICE} }
  unpriced: { kind: openai-compatible, baseUrl: "${fake.openaiUrl('unpriced')}", model: m }
routes: { summarize: [dear], sentiment: [dear] }`,
  );
});
afterAll(() => rig.close());
afterEach(() => rig.heal());

/** What the vendor bills for the runs of this test, by its own log. US dollars. */
function billedUsd(): number {
  const billed = rig.fake.log.filter((entry) => entry.billed && entry.text !== PROBE_TEXT);
  return billed.reduce((sum, { characters }) => sum + (50 + Math.ceil(characters / 4)) * 100e-6 + 20 * 200e-6, 0);
}

describe('a budget', () => {
  it('is enough when it covers what was spent and the worst case of the next call', async () => {
    const { costUsd } = await rig.analyze(TEXT, { maxCostUsd: WORST_USD + CALL_USD + 1e-9 });
    expect(costUsd).toBeCloseTo(billedUsd(), 12);
  });

  it('ends the run before a call whose worst case is over it', async () => {
    const { type, message, attempts } = await rig.failure({ text: TEXT, maxCostUsd: WORST_USD - 1e-6 });
    expect(type).toBe('BudgetExceeded');
    expect(message).toContain(`the next call may cost $${WORST_USD.toFixed(6)}`);
    expect(attempts).toEqual([]);
    expect(rig.fake.log).toHaveLength(0);
  });

  it('ends the run in the middle, with the trail and what was spent', async () => {
    const { type, attempts, costUsd } = await rig.failure({ text: TEXT, maxCostUsd: WORST_USD + 1e-6 });
    expect(type).toBe('BudgetExceeded');
    expect(attempts).toMatchObject([{ provider: 'dear', task: 'summarize', outcome: 'ok' }]);
    expect(costUsd).toBeCloseTo(billedUsd(), 12);
  });

  it.each(['slow-first-byte', 'half-body'] as const)('counts a call that failed and may be paid: %s', async (fault) => {
    rig.fake.control({ name: 'dear', script: [fault], latencyMs: fault === 'slow-first-byte' ? 900 : 0 });
    const { type, attempts } = await rig.failure({ text: TEXT, routes: ROUTES, maxCostUsd: WORST_USD + 1e-6 });
    expect(type).toBe('BudgetExceeded');
    expect(attempts).toHaveLength(1);
    expect(rig.fake.requestsTo('pipeline')).toHaveLength(0);
  });

  it('counts an answer that was of no use at its worst case when the vendor counts no tokens', async () => {
    rig.fake.script('pipeline', ['empty-answer']);
    const routes = { summarize: ['pipeline', 'dear'], sentiment: ['dear'] };
    const { type, attempts } = await rig.failure({ text: TEXT, routes, maxCostUsd: WORST_USD + 1e-6 });
    expect(type).toBe('BudgetExceeded');
    expect(attempts).toMatchObject([{ provider: 'pipeline', failure: 'BadOutput' }]);
    expect(rig.fake.requestsTo('dear')).toHaveLength(0);
  });

  it('counts a label that was of no use at its worst case, and flags it', async () => {
    rig.fake.script('pipeline', ['unknown-label']);
    const { attempts, costUsd, atMostUsd } = await rig.analyze(TEXT, {
      routes: { summarize: ['dear'], sentiment: ['pipeline', 'dear'] },
    });
    expect(attempts[1]).toMatchObject({ provider: 'pipeline', failure: 'BadOutput', possiblyPaid: true });
    expect((atMostUsd ?? NaN) - (costUsd ?? NaN)).toBeGreaterThan(600 * 100e-6);
  });

  it('counts an answer at its worst case when the vendor counts no tokens', async () => {
    const routes = { summarize: ['pipeline'], sentiment: ['dear'] };
    const { type, attempts } = await rig.failure({ text: TEXT, routes, maxCostUsd: 1.5 * WORST_USD });
    expect(type).toBe('BudgetExceeded');
    expect(attempts).toMatchObject([{ provider: 'pipeline', outcome: 'ok' }]);
  });

  it('lets a part wait while only the worst cases of others keep it from fitting', async () => {
    const text = TEXT.concat(' ').repeat(75); // three parts
    const worstOfPartUsd = 2_600 * 100e-6 + 196 * 200e-6;
    const { attempts } = await rig.analyze(text, { maxCostUsd: 1.5 * worstOfPartUsd });
    expect(attempts.filter(({ part }) => /^\d\/3$/.test(part ?? ''))).toHaveLength(3);
  });

  it('does not count a call that was refused', async () => {
    rig.fake.script('dear', ['422']);
    const { attempts } = await rig.analyze(TEXT, { routes: ROUTES, maxCostUsd: 2 * WORST_USD });
    expect(attempts.map(({ outcome }) => outcome)).toEqual(['failed', 'ok', 'ok']);
  });

  it('holds for parts of a long text that are asked for at the same time', async () => {
    const text = TEXT.concat(' ').repeat(400);
    const maxCostUsd = 0.7; // all of it costs some 0.9
    const { type, costUsd } = await rig.failure({ text, maxCostUsd });
    expect(type).toBe('BudgetExceeded');
    expect(billedUsd()).toBeGreaterThan(maxCostUsd / 4);
    expect(billedUsd()).toBeLessThanOrEqual(maxCostUsd);
    expect(costUsd).toBeCloseTo(billedUsd(), 9);
  });

  it('asks no price of the local provider, which costs nothing', async () => {
    const { degraded } = await rig.analyze(TEXT, {
      routes: { summarize: ['local'], sentiment: ['local'] },
      maxCostUsd: 1,
    });
    expect(degraded).toBe(true);
  });

  it('is refused up front when a provider on the route has no price, and names it', async () => {
    const routes = { summarize: ['dear', 'unpriced'], sentiment: ['dear'] };
    await expect(rig.start({ text: TEXT, routes, maxCostUsd: 1 }).then((run) => run.result())).rejects.toMatchObject({
      cause: { type: 'InvalidInput', message: expect.stringContaining('unpriced has none') },
    });
    expect(rig.fake.log).toHaveLength(0);
  });
});
