import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { openRig, until, type Rig } from '../../support/rig.js';

const TEXT = 'The delivery was quick. The box was dented but everything inside worked. I would order again.';

let rig: Rig;
beforeAll(async () => {
  rig = await openRig();
});
afterAll(() => rig.close());
afterEach(() => rig.heal());

describe('analyze', () => {
  it('summarizes with the first provider and judges the summary with the other', async () => {
    const result = await rig.analyze(TEXT);
    expect(result.sentiment).toEqual({ label: 'POSITIVE', score: 0.99 });
    expect(result.attempts.map(({ task, provider, outcome }) => [task, provider, outcome])).toEqual([
      ['summarize', 'openai', 'ok'],
      ['sentiment', 'huggingface', 'ok'],
    ]);
    expect(rig.fake.requestsTo('huggingface')[0]?.text).toBe(result.summary.slice(0, 100));
    expect(result.degraded).toBe(false);
  });

  it('fails over in both directions, with one request to the provider that failed', async () => {
    rig.fake.always('openai', '422', 'summarize');
    rig.fake.always('huggingface', '404', 'sentiment');
    const { attempts } = await rig.analyze(TEXT);
    expect(attempts.map(({ task, provider, outcome, failure }) => [task, provider, outcome, failure])).toEqual([
      ['summarize', 'openai', 'failed', 'BadRequest'],
      ['summarize', 'huggingface', 'ok', undefined],
      ['sentiment', 'huggingface', 'failed', 'BadRequest'],
      ['sentiment', 'openai', 'ok', undefined],
    ]);
    expect(rig.fake.requestsTo('openai', 'summarize')).toHaveLength(1);
    expect(rig.fake.requestsTo('huggingface', 'sentiment')).toHaveLength(1);
  });

  it('stops at once when nobody ever can, and says for each provider what to do', async () => {
    rig.fake.always('openai', '401');
    rig.fake.always('huggingface', '404');
    const { type, message, attempts } = await rig.failure({ text: TEXT });
    expect(type).toBe('NoProviderLeft');
    expect(message).toContain('openai: Auth: 401 invalid API key (set OPENAI_API_KEY)');
    expect(message).toContain('huggingface: BadRequest: 404');
    expect(attempts).toHaveLength(2);
  });

  it('does not shop a refusal around', async () => {
    rig.fake.always('openai', 'refusal');
    const { type, attempts } = await rig.failure({ text: TEXT });
    expect(type).toBe('Refused');
    expect(attempts).toHaveLength(1);
    expect(rig.fake.requestsTo('huggingface')).toHaveLength(0);
  });

  it('waits when none can right now, and goes on by itself when one can', async () => {
    rig.fake.script('openai', ['500'], 'summarize');
    rig.fake.script('huggingface', ['503'], 'summarize');
    const { attempts } = await rig.analyze(TEXT);
    const summarizing = attempts.filter(({ task }) => task === 'summarize');
    expect(summarizing.map(({ outcome }) => outcome)).toEqual(['failed', 'failed', 'ok']);
  });

  it('ends at its deadline with the whole trail', async () => {
    rig.fake.always('openai', '500');
    rig.fake.always('huggingface', '500');
    const { type, attempts } = await rig.failure({ text: TEXT, deadlineMs: 2_500 });
    expect(type).toBe('DeadlineExceeded');
    expect(attempts.length).toBeGreaterThanOrEqual(2);
  });

  it('counts its deadline from the start, also while no worker has taken it', async () => {
    const run = rig.client.workflow.execute('analyze', {
      taskQueue: 'understudy',
      workflowId: randomUUID(),
      startDelay: '2s',
      args: [{ text: TEXT, deadlineMs: 1_000 }],
    });
    await expect(run).rejects.toMatchObject({ cause: { type: 'DeadlineExceeded' } });
    expect(rig.fake.log).toHaveLength(0);
  });

  it.each<[string, unknown, RegExp]>([
    ['nothing', null, /^text: /],
    ['a deadline in words', { text: TEXT, deadlineMs: '60000' }, /^deadlineMs: expected milliseconds/],
    ['a budget in words', { text: TEXT, maxCostUsd: '0.5' }, /^maxCostUsd: expected US dollars/],
    ['a route that is no list', { text: TEXT, routes: { summarize: 'openai' } }, /^routes: expected/],
    ['a route for no task', { text: TEXT, routes: { translate: ['openai'] } }, /^routes: expected/],
    ['a route to nobody', { text: TEXT, routes: { summarize: [] } }, /^routes: expected/],
    ['an unknown provider', { text: TEXT, routes: { summarize: ['nobody'] } }, /no provider nobody/],
  ])('refuses %s from whatever client', async (_, input, words) => {
    const args = [input];
    const run = rig.client.workflow.execute('analyze', { taskQueue: 'understudy', workflowId: randomUUID(), args });
    await expect(run).rejects.toMatchObject({ cause: { type: 'InvalidInput', message: expect.stringMatching(words) } });
  });

  it('takes null for what clients in other languages leave out', async () => {
    const args = [
      { text: TEXT, deadlineMs: null, maxCostUsd: null, routes: { summarize: ['openai'], sentiment: null } },
    ];
    const run = rig.client.workflow.execute('analyze', { taskQueue: 'understudy', workflowId: randomUUID(), args });
    await expect(run).resolves.toMatchObject({ sentiment: { label: 'POSITIVE' } });
  });

  it('asks the routes that its input names', async () => {
    const { attempts } = await rig.analyze(TEXT, { routes: { summarize: ['local'], sentiment: ['openai'] } });
    expect(attempts.map(({ provider }) => provider)).toEqual(['local', 'openai']);
  });

  it.each([
    ['a provider that nobody configured', { text: TEXT, routes: { summarize: ['nobody'] } }, 'nobody'],
    ['an empty text', { text: ' ' }, 'text: expected'],
    ['a deadline in the past', { text: TEXT, deadlineMs: -1 }, 'deadlineMs: expected'],
  ])('refuses %s at once', async (_, input, message) => {
    await expect(rig.start(input).then((handle) => handle.result())).rejects.toMatchObject({
      cause: { type: 'InvalidInput', message: expect.stringContaining(message) },
    });
    expect(rig.fake.log).toHaveLength(0);
  });

  it('says what each call cost, and null for the whole when a price is not known', async () => {
    const { attempts, costUsd } = await rig.analyze(TEXT);
    const [first] = attempts;
    expect(first?.costUsd).toBeCloseTo(((first?.inputTokens ?? NaN) + 2 * (first?.outputTokens ?? NaN)) / 1e6, 12);
    expect(costUsd).toBeNull();
    expect((await rig.analyze(TEXT, { routes: { sentiment: ['openai'] } })).costUsd).toBeGreaterThan(0);
  });

  it('passes a cancellation on to the HTTP request', async () => {
    rig.fake.always('openai', 'hang');
    const handle = await rig.start({ text: TEXT });
    await until(() => rig.fake.requestsTo('openai').length === 1);
    await handle.cancel();
    await expect(handle.result()).rejects.toThrow();
    await until(() => rig.fake.requestsTo('openai')[0]?.aborted === true);
  });

  it('answers the status query while it runs', async () => {
    rig.fake.always('openai', 'hang');
    const handle = await rig.start({ text: TEXT });
    await until(() => rig.fake.requestsTo('openai').length === 1);
    expect(await handle.query('status')).toEqual({ phase: 'summarize', attempts: [], asking: 'openai' });
    await handle.terminate();
  });
});
