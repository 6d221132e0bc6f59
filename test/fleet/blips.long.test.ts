import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { outageIdOf } from '../../src/domain/failover/out-of-use.js';
import { PROBE_TEXT } from '../../src/domain/outage/outage.js';
import type { OutageHistory } from '../../src/workflows/outage/outage.js';
import { FULL, openFleet, summarizedBy, type Fleet } from '../support/fleet.js';

const TEXT = 'The delivery was quick. The box was dented but everything inside worked.';
const SEED = 11;
const LASTS_MS = FULL ? 60_000 : 20_000;
const RUN_EVERY_MS = 200;

let fleet: Fleet;
beforeAll(async () => {
  fleet = await openFleet();
});
afterAll(() => fleet.close());

/** One that watches after a blip is told to end. */
async function outagesOf(provider: string): Promise<OutageHistory[]> {
  const { workflow } = fleet.client;
  const outages: OutageHistory[] = [];
  const query = `WorkflowId = '${outageIdOf(fleet.unit(provider))}'`;
  for await (const { workflowId, runId } of workflow.list({ query })) {
    const outage = workflow.getHandle(workflowId, runId);
    await outage.signal('open').catch(() => undefined); // it has ended
    outages.push((await outage.result()) as OutageHistory);
  }
  return outages;
}

it(`1 % of random failures at 5 runs a second closes nobody (seed ${SEED})`, async () => {
  fleet.fake.control({ name: 'openai', random: { probability: 0.01, seed: SEED, faults: ['500'] } });
  const startedAtMs = Date.now();
  const runs = [];
  for (let at = 0; at < LASTS_MS; at += RUN_EVERY_MS) {
    await sleep(Math.max(0, startedAtMs + at - Date.now()));
    runs.push(fleet.run({ text: TEXT }));
  }
  const answeredBy = (await Promise.all(runs)).map(summarizedBy);
  fleet.fake.control({ name: 'openai', random: null });

  const byPrimary = answeredBy.filter((each) => each === 'openai').length;
  const requests = fleet.fake.requestsTo('openai');
  const failed = requests.filter(({ status }) => status === 500);
  const failedProbes = failed.filter(({ text }) => text === PROBE_TEXT).length;
  const outages = await outagesOf('openai');
  const probes = outages.reduce((sum, { probesMade }) => sum + probesMade, 0);
  const closed = outages.filter(({ probes }) => probes.some(({ answer }) => answer !== 'ok')).length;
  process.stderr.write(
    `seed ${SEED}: ${runs.length} runs, ${byPrimary} by the primary, ${failed.length} failed requests, ` +
      `${outages.length} outages, ${probes} probes, ${closed} of them closed it\n`,
  );
  expect(failed.length).toBeGreaterThan(0);
  expect(probes).toBeLessThanOrEqual(Math.max(1, runs.length * 0.01));
  expect(closed).toBeLessThanOrEqual(failedProbes); // a failure of a run, then one of its probe
  expect(byPrimary).toBeGreaterThanOrEqual(runs.length * 0.95);
}, 200_000);
