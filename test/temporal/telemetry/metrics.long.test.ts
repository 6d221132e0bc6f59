import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { freePorts } from '../../support/free-ports.js';
import { openFleet, type Fleet } from '../../support/fleet.js';
import { until } from '../../support/until.js';

let fleet: Fleet;
let pages: string[];
beforeAll(async () => {
  fleet = await openFleet({ workers: 0 });
  pages = (await freePorts()).map((port) => `127.0.0.1:${port}`);
  for (const page of pages) await fleet.addWorker({ UNDERSTUDY_METRICS_LISTEN: page });
});
afterAll(() => fleet.close());

it('shows', async () => {
  fleet.fake.script('openai', ['503'], 'summarize');
  for (let i = 0; i < 4; i += 1) await fleet.run({ text: 'The food was great.' });
  await until(() => true);
  for (const page of pages) console.log(await (await fetch(`http://${page}/metrics`)).text());
  expect(1).toBe(1);
});
