import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { Payload } from '@temporalio/common';
import { outageStateOf, outagesUnderWay } from '../../src/activities/outage/outage-handle.js';
import { batchesUnderWay } from '../../src/host/batch-gauge.js';
import { openShell, type Shell } from '../support/command-line.js';
import { temporalAddress, testNamespace } from '../support/namespace.js';
import { configFor, KEYS, openRig, type Rig } from '../support/rig.js';
import { until } from '../support/until.js';

let rig: Rig;
let shell: Shell;
beforeAll(async () => {
  rig = await openRig();
  shell = await openShell({ ...KEYS, TEMPORAL_ADDRESS: temporalAddress, TEMPORAL_NAMESPACE: testNamespace() });
  await shell.write('understudy.yaml', configFor(rig.fake));
});
afterAll(async () => {
  await shell.close();
  await rig.close();
});

interface Listed {
  open: { unit: string; phase: string }[];
  past: { unit: string; cause: string; callsSaved: number }[];
}

const outage = (...args: string[]) => shell.understudy(['outage', ...args]);
const listed = async (...args: string[]) => JSON.parse((await outage('list', '--json', ...args)).stdout) as Listed;

const coded = (encoding: string, data: string): Payload => ({
  metadata: { encoding: Buffer.from(encoding) },
  data: Buffer.from(data),
});
const json = (value: unknown) => coded('json/plain', JSON.stringify(value));
/** What a memo field of somebody else may hold. */
const FOREIGN_MEMOS: Record<string, Payload> = {
  'a payload of a form that is not known here': coded('binary/protobuf-of-theirs', '\u0001\u0002'),
  'one that is encrypted with a key that is not here': coded('binary/encrypted', 'ciphertext'),
  'one that calls itself JSON and is none': coded('json/plain', '{"phase":'),
  'no metadata': { data: Buffer.from('{}') },
  'another shape': json({ phase: 'closed', status: { tally: 'many' }, input: 7 }),
  'no object': json('closed'),
};

/** On a task queue that nobody serves, so that it is under way for as long as the test. */
async function startForeign(type: string, workflowId: string, field: string, payload: Payload): Promise<void> {
  await rig.client.workflowService.startWorkflowExecution({
    ...{ namespace: testNamespace(), workflowId, requestId: randomUUID() },
    ...{ workflowType: { name: type }, taskQueue: { name: 'elsewhere' } },
    memo: { fields: { [field]: payload, note: json('theirs') } },
  });
}

it('workflows of somebody else that are called like ours hide nothing, whatever their memos hold', async () => {
  const { client } = rig;
  const ids = Object.entries(FOREIGN_MEMOS).map(([name, payload], n) => ({ id: `theirs-${n}`, name, payload }));
  for (const { id, payload } of ids) {
    await startForeign('outage', `outage/${id}`, 'outage', payload);
    await startForeign('batch', `batch/${id}`, 'batch', payload);
    await startForeign('analyze', id, 'run', payload);
  }
  const theirs = "TaskQueue = 'elsewhere'";
  await until(async () => (await client.workflow.count(theirs)).count === 3 * ids.length);

  expect([...(await outagesUnderWay(client)).keys()]).toEqual([]);
  expect(await batchesUnderWay(client)).toEqual({ total: 0, done: 0, failed: 0 });
  for (const { id, name } of ids) expect([name, await outageStateOf(client, id)]).toEqual([name, undefined]);
  expect(await outage('list')).toMatchObject({ code: 0, stdout: 'all providers are in use\n' });
  expect(await outage('show', 'theirs-0')).toMatchObject({ code: 2, stderr: expect.stringContaining('no report') });
  const batches = await shell.understudy(['batch', 'list']);
  const runs = await shell.understudy(['runs', 'list', '--json', '--running']);
  for (const { id } of ids) {
    expect(batches).toMatchObject({ code: 0, stdout: expect.stringContaining(id) });
    expect(runs).toMatchObject({ code: 0, stdout: expect.stringContaining(id) });
  }
  expect(await shell.understudy(['runs', 'show', 'theirs-1', '--json'])).toMatchObject({ code: 0 });
});

describe('an outage', () => {
  it('is listed and shown while it lasts, and its whole story when it is over', async () => {
    const unit = rig.unit('openai');
    rig.fake.always('openai', '503');
    await rig.analyze('The food was great.');
    await until(async () => (await listed()).open.some((each) => each.unit === unit && each.phase === 'closed'));
    expect((await outage('list')).stdout).toMatch(
      new RegExp(`^FAIL\\t${unit}\\tout of use: 503 since \\S+, next look \\S+$`, 'm'),
    );
    const open = await outage('show', unit);
    expect(open.code).toBe(0);
    expect(open.stdout).toMatch(/closed[^]*Unavailable: 503[^]*Since[^]*Next step/);
    expect(JSON.parse((await outage('show', unit, '--json')).stdout)).toMatchObject({ unit, cause: 'Unavailable' });

    rig.fake.always('openai', undefined);
    await shell.understudy(['provider', 'enable', 'openai']); // unless a probe was quicker
    await rig.client.workflow.getHandle(`outage/${unit}`).result();
    await until(async () => (await listed('--since', '1h')).past.some((each) => each.unit === unit));
    const { open: none, past } = await listed('--since', '1h');
    expect(none.filter((each) => each.unit === unit)).toEqual([]);
    expect(past).toHaveLength(1);
    expect(past[0]).toMatchObject({ unit, cause: 'Unavailable' });
    expect((await outage('list', '--since', '1h')).stdout).toMatch(
      new RegExp(`^${unit}\\t\\S+Z\\t\\S+ \\w+\\t\\d+\\tUnavailable: 503$`, 'm'),
    );
    const { stdout } = await outage('show', `outage/${unit}`);
    for (const fact of [
      'over',
      'Unavailable: 503',
      'understudy@',
      'Lasted',
      'Probes',
      'Calls saved',
      'Runs that waited',
    ]) {
      expect(stdout).toContain(fact);
    }
    expect(JSON.parse((await outage('show', unit, '--json')).stdout)).toMatchObject({
      probes: expect.arrayContaining([{ at: expect.any(String), answer: expect.stringContaining('Unavailable: 503') }]),
      seenBy: expect.stringContaining('understudy@'),
    });
  });

  it('that ended before the time that was asked for is not told', async () => {
    expect((await listed()).past).toEqual([]);
    await until(async () => (await listed('--since', '1s')).past.length === 0);
    expect((await listed('--since', '1h')).past).toHaveLength(1);
  });

  it('that nobody knows is a mistake of whoever asks', async () => {
    const { code, stderr, stdout } = await outage('show', 'openai/unknown');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('no outage of openai/unknown is known');
  });
});
