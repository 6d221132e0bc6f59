import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { registeredSearchAttributes } from '../../../src/temporal/telemetry/search-attributes.js';
import { openRig, until, type Rig } from '../../support/rig.js';

let rig: Rig;
beforeAll(async () => {
  rig = await openRig();
});
afterEach(() => rig.heal());
afterAll(() => rig.close());

/** Workflow ids that the list of workflows shows, as soon as it does. */
async function listed(query: string, workflowId: string): Promise<string[]> {
  const ids = async () => {
    const found: string[] = [];
    for await (const each of rig.client.workflow.list({ query })) found.push(each.workflowId);
    return found;
  };
  await until(async () => (await ids()).includes(workflowId));
  return ids();
}

async function attributesOf(workflowId: string): Promise<Record<string, unknown>> {
  const { raw } = await rig.client.workflow.getHandle(workflowId).describe();
  const fields = raw.workflowExecutionInfo?.searchAttributes?.indexedFields ?? {};
  return Object.fromEntries(
    Object.entries(fields)
      .filter(([name]) => name.startsWith('Understudy'))
      .map(([name, { data }]) => [name, JSON.parse(Buffer.from(data ?? []).toString()) as unknown]),
  );
}

it('the embedded server knows all search attributes', async () => {
  const { namespace } = rig.client.options;
  const found = await registeredSearchAttributes(rig.client.connection, namespace);
  expect({ missing: found.missing, otherwise: found.otherwise }).toEqual({ missing: [], otherwise: [] });
});

it('a run that failed over is found by who answered, by what failed, and by its cost', async () => {
  rig.fake.script('openai', ['503'], 'summarize');
  const workflowId = randomUUID();
  const result = await (await rig.start({ text: 'The food was great.' }, workflowId)).result();
  expect(await attributesOf(workflowId)).toEqual({
    UnderstudyAnsweredBy: ['huggingface'],
    UnderstudyFailures: ['Unavailable'],
    UnderstudyFailedOver: true,
    UnderstudyDegraded: false,
    UnderstudySentiment: result.sentiment.label,
    ...(result.costUsd !== null && { UnderstudyCostUsd: result.costUsd }),
  });
  for (const query of [
    'UnderstudyFailedOver = true',
    "UnderstudyAnsweredBy = 'huggingface'",
    "UnderstudyFailures = 'Unavailable' AND ExecutionStatus = 'Completed'",
    `UnderstudySentiment = '${result.sentiment.label}'`,
  ]) {
    expect(await listed(query, workflowId)).toContain(workflowId);
  }
  const plain = randomUUID();
  await (await rig.start({ text: 'The food was great.' }, plain)).result();
  expect(await listed("UnderstudyAnsweredBy = 'openai'", plain)).not.toContain(workflowId);
});

it('a run that waits is found while it does', async () => {
  rig.fake.always('openai', '503');
  rig.fake.always('huggingface', '503');
  const workflowId = randomUUID();
  const handle = await rig.start({ text: 'The food was great.' }, workflowId);
  await listed("ExecutionStatus = 'Running' AND UnderstudyFailures IS NOT NULL", workflowId);
  expect(await attributesOf(workflowId)).toEqual({ UnderstudyFailures: ['Unavailable'] });
  await handle.terminate();
});

it('a run that ends without an answer says what failed', async () => {
  rig.fake.always('openai', '400');
  const workflowId = randomUUID();
  const routes = { summarize: ['openai'] };
  await expect((await rig.start({ text: 'The food was great.', routes }, workflowId)).result()).rejects.toThrow();
  const found = await attributesOf(workflowId);
  expect(found).toMatchObject({ UnderstudyFailures: ['BadRequest'], UnderstudyFailedOver: false });
  expect(found).not.toHaveProperty('UnderstudyAnsweredBy'); // a list without entries is none
});
