import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { FULL, openFleet, summarizedBy, type Fleet } from '../support/fleet.js';
import { until } from '../support/until.js';

const TEXT = 'The delivery was quick. The box was dented but everything inside worked.';
/** Scaled: a minute is what is judged. */
const OUTAGE_MS = FULL ? 60_000 : 30_000;
const RUN_EVERY_MS = 4_000;
const BACK_WITHIN_MS = 30_000;

let fleet: Fleet;
beforeAll(async () => {
  fleet = await openFleet();
});
afterAll(() => fleet.close());

it(`an outage of ${OUTAGE_MS / 1_000} s costs no run and few requests, and ends by itself`, async () => {
  const { fake } = fleet;
  expect(summarizedBy(await fleet.run({ text: TEXT }))).toBe('openai');
  fake.always('openai', '500');
  const before = fake.requestsTo('openai').length;
  const brokenAtMs = Date.now();
  const runs = [];
  for (let at = 0; at < OUTAGE_MS; at += RUN_EVERY_MS) {
    runs.push(fleet.run({ text: TEXT }));
    await sleep(Math.min(at + RUN_EVERY_MS, OUTAGE_MS) - (Date.now() - brokenAtMs));
  }
  const wasted = fake.requestsTo('openai').slice(before);
  fake.always('openai', undefined);
  const healedAtMs = Date.now();
  expect((await Promise.all(runs)).map(summarizedBy)).toEqual(runs.map(() => 'huggingface'));

  await until(async () => summarizedBy(await fleet.run({ text: TEXT })) === 'openai', 2 * BACK_WITHIN_MS);
  const backAfterMs = Date.now() - healedAtMs;
  const seconds = wasted.map(({ atMs }) => ((atMs - brokenAtMs) / 1_000).toFixed(1));
  process.stderr.write(
    `outage of ${OUTAGE_MS / 1_000} s: ${runs.length} runs, requests after ${seconds.join(', ')} s, back after ${backAfterMs} ms\n`,
  );
  expect(wasted.length).toBeLessThanOrEqual(4);
  expect(backAfterMs).toBeLessThan(BACK_WITHIN_MS);
}, 200_000);
