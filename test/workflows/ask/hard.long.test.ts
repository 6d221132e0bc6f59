import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Asked } from '../../../src/domain/ask/asked.js';
import { openRig, outcomeOf, type Rig } from '../../support/rig.js';
import { startPlainVendor, type PlainVendor, type Says } from '../../support/plain-vendor.js';
import { parseConfig } from '../../../src/config/config-schema.js';
import { providerFrom } from '../../../src/host/provider-service.js';
import { AROUND, HARD, hardTasksFor, NONE, WIRES } from './hard.js';

let says: Says = () => '';
let vendor: PlainVendor;
let rig: Rig;
beforeAll(async () => {
  vendor = await startPlainVendor((call) => says(call));
  rig = await openRig(() => hardTasksFor(vendor));
});
afterAll(async () => {
  await rig.close();
  await vendor.close();
});

async function asked(task: string, route: readonly string[]) {
  const args = [{ task, text: 'The kettle came late, and nobody answers!', route }];
  const handle = await rig.client.workflow.start('ask', { taskQueue: 'understudy', workflowId: randomUUID(), args });
  const outcome = (await outcomeOf(handle as never)) as unknown as Asked & {
    error?: { type: string; message: string };
  };
  const trail = outcome.attempts.map(({ provider, failure, outcome: how }) => `${provider} ${failure ?? how}`);
  return { value: outcome.value, trail, ...(outcome.error && { error: outcome.error }) };
}

/** What the vendor of a test says to a task, whoever asks; a probe asks it too. */
const rightOf = (told: string) => JSON.stringify(HARD.find(({ task }) => told.includes(`Do ${task}.`))?.right);

describe.each(WIRES)('on the wire of %s', (first) => {
  const second = WIRES[(WIRES.indexOf(first) + 1) % WIRES.length] ?? first;

  it.each(HARD)('$task takes what fits, fenced or not, and nothing else', async ({ task, right, wrong }) => {
    const json = JSON.stringify(right);
    const provider = providerFrom(first, parseConfig(hardTasksFor(vendor), 'test'));
    const answer = async (text: string) => {
      says = () => text;
      return provider.answer(task, 'A text.', AbortSignal.timeout(5_000));
    };
    for (const text of [json, AROUND.fenced(json)]) expect(await answer(text)).toMatchObject({ value: right });
    const none = Object.values(NONE).map((text) => text(json));
    for (const text of [...none, ...wrong.map(([, value]) => JSON.stringify(value))]) {
      const outcome: unknown = await answer(text).catch((error: unknown) => error);
      expect({ text, outcome }).toMatchObject({ text, outcome: { name: 'ProviderError', kind: 'BadOutput' } });
    }
  });

  it('each is answered by the first, and by the next where that does not fit', async () => {
    await rig.heal();
    for (const { task, right, wrong } of HARD) {
      says = ({ told }) => rightOf(told);
      expect({ task, ...(await asked(task, [first, second])) }).toEqual({ task, value: right, trail: [`${first} ok`] });
      let left = 1;
      says = ({ model, told }) => {
        const isWrong = model === first && told.includes(`Do ${task}.`) && left-- > 0;
        return isWrong ? JSON.stringify(wrong[0][1]) : rightOf(told);
      };
      expect({ task, ...(await asked(task, [first, second])) }).toEqual({
        task,
        value: right,
        trail: [`${first} BadOutput`, `${second} ok`],
      });
      says = ({ told }) => rightOf(told);
      await asked(task, [first]);
    }
  });
});

it('stops where nobody gives what fits, and says of each what did not', async () => {
  await rig.heal();
  says = ({ model }) => (model === 'plain' ? '' : model === 'claude' ? '{"kind":"party","days":3}' : 'no idea');
  const { error, trail } = await asked('event', WIRES);
  expect(error).toMatchObject({
    type: 'NoProviderLeft',
    message: expect.stringContaining('no provider can answer event'),
  });
  expect(trail.filter((each) => !each.endsWith('ProviderClosed'))).toEqual(WIRES.map((name) => `${name} BadOutput`));
});
