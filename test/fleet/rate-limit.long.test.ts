import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { FULL, openFleet, summarizedBy, type Fleet } from '../support/fleet.js';
import { until } from '../support/until.js';

const TEXT = 'The delivery was quick. The box was dented but everything inside worked.';
const RETRY_AFTER_S = FULL ? 20 : 8;
/** For runs that are under way. */
const GRACE_MS = 1_000;

let fleet: Fleet;
beforeAll(async () => {
  fleet = await openFleet();
});
afterAll(() => fleet.close());

it('a rate limit on one run keeps every worker from the provider until the time it named', async () => {
  const { fake } = fleet;
  await Promise.all(Array.from({ length: 9 }, () => fleet.run({ text: TEXT }))); // every worker has looked, and remembers
  fake.script('openai', [{ status: 429, headers: { 'retry-after': String(RETRY_AFTER_S) } }]);
  const runs = [];
  const endsAtMs = Date.now() + (RETRY_AFTER_S - 1) * 1_000;
  while (Date.now() < endsAtMs) {
    runs.push(fleet.run({ text: TEXT }));
    await sleep(300);
  }
  expect((await Promise.all(runs)).every((outcome) => !('error' in outcome))).toBe(true);
  await until(async () => summarizedBy(await fleet.run({ text: TEXT })) === 'openai');

  const limited = fake.requestsTo('openai').find(({ status }) => status === 429);
  const fromMs = (limited?.atMs ?? NaN) + GRACE_MS;
  const untilMs = (limited?.atMs ?? NaN) + RETRY_AFTER_S * 1_000;
  const during = fake.requestsTo('openai').filter(({ atMs }) => atMs > fromMs && atMs < untilMs);
  const inGrace = fake.requestsTo('openai').filter(({ atMs }) => atMs > (limited?.atMs ?? NaN) && atMs <= fromMs);
  process.stderr.write(
    `retry-after ${RETRY_AFTER_S} s: ${runs.length} runs, ${inGrace.length} requests in the grace\n`,
  );
  expect(limited).toBeDefined();
  expect(during).toEqual([]);
  expect(fake.requestsTo('openai').some(({ atMs }) => atMs >= untilMs)).toBe(true);
}, 120_000);
