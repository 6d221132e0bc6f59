import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { Client, Connection, defaultPayloadConverter } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import type { Notice } from '../../../src/domain/notices/notice.js';
import { outageIdOf } from '../../../src/domain/failover/out-of-use.js';
import { taskQueueOf } from '../../../src/domain/task-queues.js';
import { reportOf } from '../../domain/outage/reports.js';
import { temporalAddress, testNamespace } from '../../support/namespace.js';
import { until } from '../../support/until.js';
import { outageOf } from './outage-stage.js';

let native: NativeConnection;
let client: Client;
let worker: Worker;
let running: Promise<void>;

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR', () => undefined) }); // that a task is not known is an error to Temporal
  native = await NativeConnection.connect({ address: temporalAddress });
  client = new Client({
    connection: await Connection.connect({ address: temporalAddress }),
    namespace: testNamespace(),
  });
  worker = await Worker.create({
    connection: native,
    namespace: testNamespace(),
    taskQueue: 'outages',
    workflowsPath: fileURLToPath(new URL('../../../src/workflows/index.ts', import.meta.url)),
    interceptors: { workflowModules: [fileURLToPath(new URL('held-notice.ts', import.meta.url))] },
  });
  running = worker.run();
}, 180_000);

afterAll(async () => {
  if (worker.getState() === 'RUNNING') worker.shutdown();
  await running;
  await native.close();
  await client.connection.close();
});

/** An outage of a provider of its own. */
async function begun(...report: Parameters<typeof reportOf>) {
  const provider = randomUUID();
  const [kind, more] = report;
  const unit = `${provider}/mini`;
  const args = [{ ...reportOf(kind, { announces: true, ...more }), provider }];
  await client.workflow.start('outage', { taskQueue: 'outages', workflowId: outageIdOf(unit), args });
  const outage = outageOf(client, unit);
  await outage.untilPhase('suspected', 'closed');
  return { provider, ...outage };
}

type Outage = Awaited<ReturnType<typeof begun>>;

async function notices({ handle }: Outage): Promise<Notice[]> {
  const { events } = await handle.fetchHistory();
  return (events ?? []).flatMap(({ startChildWorkflowExecutionInitiatedEventAttributes: child }) =>
    (child?.input?.payloads ?? []).map((payload) => defaultPayloadConverter.fromPayload<Notice>(payload)),
  );
}

/** Whether so many notices have left, and the outage has gone on from there. */
async function hasSeenLeave({ handle }: Outage, count: number): Promise<boolean> {
  const { events } = await handle.fetchHistory();
  const left = (events ?? []).flatMap((event, at) => (event.childWorkflowExecutionStartedEventAttributes ? [at] : []));
  return (
    left.length === count && !!events?.slice(left.at(-1)).some((event) => event.workflowTaskCompletedEventAttributes)
  );
}

/** Until an outage is over, and the notice of that is on its way. */
async function over(outage: Outage): Promise<void> {
  await outage.handle.signal('open');
  await outage.untilPhase('over');
}

describe('an outage, while the notice of its end is on its way', () => {
  it('wakes a run that registers', async () => {
    const outage = await begun('QuotaExhausted');
    await over(outage);
    await outage.handle.signal('waitFor', 'a run');
    await outage.handle.signal('letGo');
    expect(await outage.result()).toMatchObject({ runsThatWaited: 1 });
  });

  it('wakes a run that registers, also where it was cancelled', async () => {
    const outage = await begun('QuotaExhausted');
    await outage.handle.cancel();
    await outage.untilPhase('over');
    await outage.handle.signal('waitFor', 'a run');
    await outage.handle.signal('letGo');
    expect(await outage.result()).toMatchObject({ runsThatWaited: 1 });
  });

  it.each([
    ['an operator disables it', 'close', 'ticket 42', 'held'],
    ['it fails again', 'providerFailed', reportOf('QuotaExhausted'), 'closed'],
  ] as const)('goes on when %s', async (_, signal, given, phase) => {
    const outage = await begun('QuotaExhausted');
    await over(outage);
    await outage.handle.signal(signal, given);
    await outage.untilPhase(phase);
    await outage.handle.signal('letGo');
    await until(() => hasSeenLeave(outage, 3));
    expect((await outage.state())?.phase).toBe(phase);
    await outage.opened();
    expect((await notices(outage)).map(({ type }) => type)).toEqual([
      'outage.opened',
      'outage.opened',
      'outage.ended',
      'outage.ended',
    ]);
  });
});

it('the notice of an end says how many runs waited for that end, and the result how many in all', async () => {
  const outage = await begun('QuotaExhausted');
  await outage.handle.signal('waitFor', 'one');
  await outage.handle.signal('waitFor', 'two');
  await over(outage);
  await outage.handle.signal('close', 'ticket 42');
  await outage.handle.signal('waitFor', 'three');
  await outage.handle.signal('letGo');
  expect(await outage.opened()).toMatchObject({ runsThatWaited: 3 });
  const ended = (await notices(outage)).filter(({ type }) => type === 'outage.ended');
  expect(ended.map(({ data }) => data.runsThatWaited)).toEqual([2, 1]);
});

it('a task that no worker knows any more holds no other task of its model up', async () => {
  const outage = await begun('Unavailable', { task: 'known' });
  await outage.handle.signal('providerFailed', { ...reportOf('Timeout', { task: 'gone' }), provider: outage.provider });
  const known = await Worker.create({
    connection: native,
    namespace: testNamespace(),
    taskQueue: taskQueueOf(outage.provider),
    activities: { known: () => Promise.resolve({ attempts: [] }) },
  });
  await known.runUntil(() => outage.untilPhase('over'));
  const { probes } = await outage.opened();
  expect(probes.map(({ answer }) => answer.slice(0, 26))).toEqual([
    ...Array.from({ length: 3 }, () => 'WorkerFault: NotFoundError'),
    'ok',
  ]);
});
