import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { openFleet, summarizedBy, type Fleet } from '../support/fleet.js';

const TEXT = 'The delivery was quick. The box was dented but everything inside worked.';
const NO_KEYS = { OPENAI_API_KEY: '', HF_API_TOKEN: '', HF_TOKEN: '' };

let fleet: Fleet;
beforeAll(async () => {
  fleet = await openFleet({ workers: 1 });
  await fleet.addWorker(NO_KEYS);
});
afterAll(() => fleet.close());

it('a worker without keys plans no run without providers', async () => {
  const results = await Promise.all(Array.from({ length: 20 }, () => fleet.run({ text: TEXT })));
  expect(results.map(summarizedBy)).toEqual(results.map(() => 'openai'));
  expect(results.some((result) => 'degraded' in result && result.degraded)).toBe(false);
}, 120_000);
