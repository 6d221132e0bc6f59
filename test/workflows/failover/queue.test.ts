import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { openRig, type Rig } from '../../support/rig.js';

const TEXT = 'The delivery was quick. The box was dented but everything inside worked.';

let rig: Rig;
beforeAll(async () => {
  rig = await openRig(
    (fake) => `
providers:
  openai: { kind: openai, baseUrl: "${fake.openaiUrl('openai')}", requestsPerSecond: 1 }
  huggingface: { kind: huggingface, baseUrl: "${fake.huggingFaceUrl('huggingface')}" }
routes: { summarize: [openai, huggingface], sentiment: [huggingface] }`,
  );
});
afterAll(() => rig.close());

it('a run switches when it would have to queue for longer than it is worth, and the rate holds', async () => {
  const startedAtMs = Date.now();
  const results = await Promise.all(Array.from({ length: 30 }, () => rig.analyze(TEXT)));
  const seconds = (Date.now() - startedAtMs) / 1_000;
  const requests = rig.fake.requestsTo('openai').length;
  expect(requests).toBeGreaterThan(3);
  expect(requests).toBeLessThanOrEqual(seconds + 3);
  const switched = results.filter(({ attempts }) => attempts[0]?.outcome === 'skipped');
  expect(switched).toHaveLength(30 - requests);
  expect(switched.every(({ attempts }) => attempts[0]?.failure === 'ProviderClosed')).toBe(true);
}, 90_000);
