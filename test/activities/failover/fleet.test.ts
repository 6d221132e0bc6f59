import { describe, expect, it } from '@jest/globals';
import type { Client } from '@temporalio/client';
import proto from '@temporalio/proto';
import { fleetOf } from '../../../src/activities/failover/fleet.js';
import { until } from '../../support/until.js';

const { WORKER_STATUS_RUNNING: RUNNING, WORKER_STATUS_SHUTDOWN: SHUTDOWN } = proto.temporal.api.enums.v1.WorkerStatus;
const QUEUE = 'understudy.openai';

interface Told {
  workerIdentity: string;
  taskQueue?: string;
  status?: number;
  /** How long ago the worker said that it lives. */
  quietMs?: number;
}

/** A server that knows these workers, and one that pages. */
function serverWith(workers: () => Told[], pageSize = 1_000) {
  let asked = 0;
  const listWorkers = ({ nextPageToken }: { nextPageToken?: Uint8Array }) => {
    asked += 1;
    const from = nextPageToken?.[0] ?? 0;
    const all = workers();
    const workersInfo = all.slice(from, from + pageSize).map((worker) => ({
      workerHeartbeat: {
        workerInstanceKey: worker.workerIdentity,
        workerIdentity: worker.workerIdentity,
        taskQueue: worker.taskQueue ?? QUEUE,
        status: worker.status ?? RUNNING,
        heartbeatTime: { seconds: Math.floor((Date.now() - (worker.quietMs ?? 0)) / 1_000) },
      },
    }));
    const more = from + pageSize < all.length;
    return Promise.resolve({ workersInfo, nextPageToken: more ? Uint8Array.of(from + pageSize) : new Uint8Array() });
  };
  const client = { options: { namespace: 'default' }, workflowService: { listWorkers } };
  return { client: client as unknown as Client, asked: () => asked };
}

const fleetWith = (...workers: Told[]) => fleetOf(serverWith(() => workers).client, 'me', true);

describe('who of the fleet serves a provider', () => {
  it('is a worker that lives', async () => {
    expect(await fleetWith({ workerIdentity: 'other' }).serviceOf(QUEUE)).toBe('now');
  });

  it.each<[string, Partial<Told>]>([
    ['was quiet for long', { quietMs: 60_000 }],
    ['has stopped', { status: SHUTDOWN }],
  ])('is away when the one that did %s', async (_, told) => {
    expect(await fleetWith({ workerIdentity: 'other', ...told }).serviceOf(QUEUE)).toBe('away');
  });

  it('is counted, this one among them', async () => {
    const others = ['one', 'two'].map((workerIdentity) => ({ workerIdentity }));
    const fleet = fleetWith(...others, { workerIdentity: 'me' }, { workerIdentity: 'gone', status: SHUTDOWN });
    expect(fleet.sharersNow(QUEUE)).toBe(1);
    await until(() => fleet.sharersNow(QUEUE) === 3);
  });

  it('is nobody when only this worker did, or others serve other queues', async () => {
    const fleet = fleetWith({ workerIdentity: 'me' }, { workerIdentity: 'other', taskQueue: 'understudy.local' });
    expect(await fleet.serviceOf(QUEUE)).toBe('never');
    expect(await fleet.othersServe(QUEUE)).toBe(false);
    expect(fleet.othersServeNow(QUEUE)).toBe(false);
  });

  it('is found on a later page too', async () => {
    const strangers = Array.from({ length: 5 }, (_, at) => ({ workerIdentity: `w${at}`, taskQueue: 'q' }));
    const server = serverWith(() => [...strangers, { workerIdentity: 'other' }], 2);
    expect(await fleetOf(server.client, 'me', true).serviceOf(QUEUE)).toBe('now');
    expect(server.asked()).toBe(3);
  });

  it('is looked up once for many that ask at the same time', async () => {
    const server = serverWith(() => [{ workerIdentity: 'other' }]);
    const fleet = fleetOf(server.client, 'me', true);
    await Promise.all(Array.from({ length: 50 }, () => fleet.serviceOf(QUEUE)));
    expect(server.asked()).toBe(1);
  });

  it('is not known while others may just have started, and then waited for', async () => {
    const workers: Told[] = [];
    const fleet = fleetOf(serverWith(() => workers).client, 'me', false);
    expect(fleet.othersServeNow(QUEUE)).toBe('unknown');
    const asked = fleet.serviceOf(QUEUE);
    workers.push({ workerIdentity: 'other' });
    expect(await asked).toBe('now');
    await until(() => fleet.othersServeNow(QUEUE) === true);
  });

  it('is never, and nobody is refused for it, when the server cannot be asked', async () => {
    const listWorkers = () => Promise.reject(new Error('unavailable'));
    const client = { options: { namespace: 'default' }, workflowService: { listWorkers } } as unknown as Client;
    const fleet = fleetOf(client, 'me', true);
    expect(await fleet.othersServe(QUEUE)).toBe(false);
    expect(fleet.othersServeNow(QUEUE)).toBe(false);
  });
});
