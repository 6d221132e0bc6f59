import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { NativeConnection, Worker } from '@temporalio/worker';
import { taskQueueOf } from '../../../src/domain/task-queues.js';
import { temporalAddress, testNamespace } from '../../support/namespace.js';
import { openRig, until, type Rig } from '../../support/rig.js';
import { outageOf, TEXT } from '../outage/outage-stage.js';

let rig: Rig;
beforeAll(async () => {
  rig = await openRig();
});
afterAll(() => rig.close());
afterEach(() => rig.heal());

const OPENAI_ALONE = { summarize: ['openai'], sentiment: ['openai'] };

describe('what is no fault of a vendor', () => {
  it('ends no run: a worker of another version that does not know the call', async () => {
    const connection = await NativeConnection.connect({ address: temporalAddress });
    const stranger = await Worker.create({
      connection,
      namespace: testNamespace(),
      taskQueue: taskQueueOf('openai'),
      activities: { somethingElse: () => Promise.resolve() },
    });
    await stranger.runUntil(async () => {
      const results = await Promise.all(Array.from({ length: 10 }, () => rig.analyze(TEXT, { routes: OPENAI_ALONE })));
      for (const { attempts } of results) {
        expect(attempts.filter(({ outcome }) => outcome === 'ok')).toHaveLength(2);
        expect(attempts.every(({ failure = 'WorkerFault' }) => failure === 'WorkerFault')).toBe(true);
        expect(attempts.some(({ possiblyPaid }) => possiblyPaid)).toBe(false);
      }
    });
    await connection.close();
    expect(rig.fake.requestsTo('openai')).toHaveLength(20);
  });
});

describe('a slow provider that is well', () => {
  it('stays in use when it fails once', async () => {
    rig.fake.control({ name: 'openai', latencyMs: 700 });
    await rig.analyze(TEXT, { routes: OPENAI_ALONE });
    rig.fake.script('openai', ['500']);
    await rig.analyze(TEXT, { routes: { summarize: ['openai', 'huggingface'], sentiment: ['huggingface'] } });
    await outageOf(rig.client, rig.unit('openai')).untilPhase('over');
    await until(() => rig.fake.requestsTo('openai').every(({ endedAtMs }) => endedAtMs !== undefined));
    const { attempts } = await rig.analyze(TEXT, { routes: { summarize: ['openai', 'huggingface'] } });
    expect(attempts[0]).toMatchObject({ provider: 'openai', outcome: 'ok' });
  });
});
