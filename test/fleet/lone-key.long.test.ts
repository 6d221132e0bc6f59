import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { openFleet, type Fleet } from '../support/fleet.js';

const TEXT = 'The delivery was quick. The box was dented but everything inside worked.';

let fleet: Fleet;
beforeAll(async () => {
  fleet = await openFleet({ workers: 1 });
});
afterAll(() => fleet.close());

it('a wrong key on the only worker ends a run that nobody else can answer, and says why', async () => {
  fleet.fake.always('openai', '401');
  const routes = { summarize: ['openai'], sentiment: ['openai'] };
  const outcome = await fleet.run({ text: TEXT, routes, deadlineMs: 55_000 });
  expect(outcome).toMatchObject({
    error: { type: 'NoProviderLeft', message: expect.stringContaining('openai: Auth: 401') },
  });
}, 90_000);
