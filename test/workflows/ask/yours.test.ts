import { randomUUID } from 'node:crypto';
import { writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { UnderstudyPlugin } from '../../../src/index.js';
import { startFakeProviders, type FakeProviders } from '../../support/fake-providers.js';
import { temporalAddress, testNamespace } from '../../support/namespace.js';
import { KEYS, until } from '../../support/rig.js';
import { tasksFor } from './tasks.js';

const TEXT = 'Ada ordered two kettles and a lamp.';
const folder = mkdtempSync(join(tmpdir(), 'understudy-plugin-'));
const workflowsPath = fileURLToPath(new URL('yours.ts', import.meta.url));

let fake: FakeProviders;
let native: NativeConnection;
let client: Client;
let worker: Worker;
let running: Promise<void>;

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR'), workerHeartbeatInterval: '2s' });
  Object.assign(process.env, KEYS);
  fake = await startFakeProviders();
  const config = join(folder, 'understudy.yaml');
  writeFileSync(config, tasksFor(fake));
  native = await NativeConnection.connect({ address: temporalAddress });
  client = new Client({
    connection: await Connection.connect({ address: temporalAddress }),
    namespace: testNamespace(),
  });
  worker = await Worker.create({
    connection: native,
    namespace: testNamespace(),
    taskQueue: 'mine',
    workflowsPath,
    plugins: [new UnderstudyPlugin({ config })],
  });
  running = worker.run();
}, 180_000);

afterAll(async () => {
  if (worker.getState() === 'RUNNING') worker.shutdown();
  await running;
  await native.close();
  await client.connection.close();
  await fake.close();
  rmSync(folder, { recursive: true });
});

const start = (type: string, ...args: unknown[]) =>
  client.workflow.start(type, { taskQueue: 'mine', workflowId: randomUUID(), args });
const run = async (type: string, ...args: unknown[]) => (await start(type, ...args)).result() as Promise<unknown>;

describe('ask, in the code of a workflow of somebody else', () => {
  it('answers several questions at the same time, and replays', async () => {
    fake.always('openai', { says: ['kettles'] }, 'topics');
    const handle = await start('triage', TEXT);
    expect(await handle.result()).toEqual({ mood: 'POSITIVE', topics: ['kettles'] });
    const history = await handle.fetchHistory();
    await Worker.runReplayHistory({ workflowsPath }, history);
    expect(
      await run(
        'many',
        Array.from({ length: 12 }, (_, at) => `${TEXT} ${at}`),
      ),
    ).toEqual(Array.from({ length: 12 }, () => ['kettles']));
  });

  it('goes on after a signal of the workflow itself', async () => {
    fake.always('openai', { says: { label: 'NEGATIVE', score: 0.9 } }, 'sentiment');
    fake.always('openai', { says: 'Pardon.' }, 'translate');
    const handle = await start('triage', TEXT);
    await handle.signal('approve', true);
    expect(await handle.result()).toEqual({ mood: 'NEGATIVE', topics: ['kettles'], reply: 'Pardon.' });
    fake.always('openai', undefined, 'sentiment');
  });

  it('asks in each run of a chain', async () => {
    expect(await run('chain', ['one', 'two', 'three'])).toEqual(['POSITIVE', 'POSITIVE', 'POSITIVE']);
  });

  it('ends with its cancellation scope, and what is asked afterwards is answered', async () => {
    fake.always('openai', 'hang', 'translate');
    expect(await run('impatient', TEXT)).toBe('given up; POSITIVE');
    fake.always('openai', undefined, 'translate');
  });

  it.each([
    ['an unknown task', ['nothing', TEXT], 'InvalidInput'],
    ['a route of nobody', ['topics', TEXT, { route: ['nobody'] }], 'InvalidInput'],
    ['an empty text', ['topics', ''], 'InvalidInput'],
    ['a budget that is too small', ['translate', TEXT, { maxCostUsd: 1e-9 }], 'BudgetExceeded'],
  ])('fails by type for %s, and the workflow goes on', async (_, args, type) => {
    expect(await run('told', ...args)).toMatchObject({ type, nonRetryable: true });
  });

  it('tells every attempt with a failure', async () => {
    fake.always('openai', { says: { no: 'list' } }, 'topics');
    fake.always('claude', '422', 'topics');
    const handle = await start('told', 'topics', TEXT, { route: ['openai', 'claude'] });
    const failed: unknown = await handle.result();
    expect(failed).toMatchObject({
      type: 'NoProviderLeft',
      details: [{ attempts: [{ provider: 'openai', failure: 'BadOutput' }, { provider: 'claude' }] }],
    });
  });

  it('waits for an outage and is woken by its end', async () => {
    for (const name of ['openai', 'claude']) fake.always(name, '503', 'translate');
    const handle = await start('told', 'translate', TEXT);
    await until(async () => (await handle.query<unknown[]>('understudy.waitingFor')).length > 0);
    for (const name of ['openai', 'claude']) fake.always(name, { says: 'Bonjour.' }, 'translate');
    expect(await handle.result()).toBe('Bonjour.');
  });
});
