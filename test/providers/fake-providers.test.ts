import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startFakeProviders, type FakeProviders, type LoggedRequest } from '../support/fake-providers.js';
import { outcomeOf, vendor } from './vendors.js';

let fake: FakeProviders;
beforeAll(async () => {
  fake = await startFakeProviders();
});
afterAll(() => fake.close());

const command = (body: object) => fetch(`${fake.url}/control`, { method: 'POST', body: JSON.stringify(body) });
const kinds = async (task: 'summarize' | 'sentiment', calls: number) => {
  const provider = vendor('openai', fake);
  const outcomes = [];
  for (let call = 0; call < calls; call++) {
    const outcome = await outcomeOf(provider, task);
    outcomes.push('kind' in outcome ? outcome.kind : 'ok');
  }
  return outcomes;
};

it('takes commands from another process, and shows it the log', async () => {
  await command({ name: 'o', script: ['500', 'ok'], always: '401' });
  expect(await kinds('summarize', 3)).toEqual(['Unavailable', 'ok', 'Auth']);
  await command({ name: 'o', always: null });
  expect(await kinds('summarize', 1)).toEqual(['ok']);
  const log = (await (await fetch(`${fake.url}/log`)).json()) as LoggedRequest[];
  expect(log.map(({ status, billed }) => [status, billed])).toEqual([
    [500, false],
    [200, true],
    [401, false],
    [200, true],
  ]);
});

it('refuses a fault that it does not know', async () => {
  expect((await command({ name: 'o', always: '999' })).status).toBe(400);
});

it('can fail one task alone', async () => {
  fake.always('o', '503', 'sentiment');
  expect([await kinds('summarize', 1), await kinds('sentiment', 1)]).toEqual([['ok'], ['Unavailable']]);
  fake.always('o', undefined);
});

it('fails at random, the same way for the same seed', async () => {
  const random = { probability: 0.5, seed: 7, faults: ['500' as const] };
  fake.control({ name: 'o', random });
  const first = await kinds('summarize', 12);
  fake.control({ name: 'o', random });
  expect(await kinds('summarize', 12)).toEqual(first);
  expect(new Set(first)).toEqual(new Set(['ok', 'Unavailable']));
  fake.control({ name: 'o', random: null });
});

it('bills what it worked on, though the client was gone by then', async () => {
  fake.control({ name: 'o', latencyMs: 200 });
  await outcomeOf(vendor('openai', fake, { timeoutMs: 50 }), 'summarize');
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(fake.log.at(-1)).toMatchObject({ billed: true, aborted: true });
});
