import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import proto from '@temporalio/proto';

/**
 * Who of the whole fleet takes calls of a provider.
 * - `now`: a live worker does
 * - `away`: one did, and none does right now
 * - `never`: the server has not seen any
 */
export type Service = 'now' | 'away' | 'never';

/** Which workers of the fleet poll which task queues, by what they tell the server every two seconds. */
export interface Fleet {
  serviceOf(taskQueue: string): Promise<Service>;
  /** Whether a live worker other than this one polls the queue, once that can be known. */
  othersServe(taskQueue: string): Promise<boolean>;
  /** The same by what is known already; does not wait. `unknown` while others may just have started. */
  othersServeNow(taskQueue: string): boolean | 'unknown';
  /** How many live workers poll the queue, this one among them, by what is known already. */
  sharersNow(taskQueue: string): number;
  /** Queues whose names begin so, that a worker other than this one polls, or did a moment ago: the live ones first. */
  othersQueues(prefix: string): Promise<string[]>;
}

/** What a server knows of one worker of one queue. */
interface Sighting {
  identity: string;
  live: boolean;
  /** It has not said that it ends, and was heard a moment ago. */
  recent: boolean;
}

/** How often workers tell the server that they live. */
const WORKER_HEARTBEAT_MS = 2_000;
/** A worker that was quiet for longer is gone. */
const GONE_AFTER_MS = 3.5 * WORKER_HEARTBEAT_MS;
/** By then the server has heard of every worker that started when this one did. */
const KNOWN_AFTER_MS = 6_000;
/** On a busy machine one is quiet for so long and lives. */
const RECENT_MS = 60_000;
const REMEMBERED_MS = 2_000;
const LOOK_UP_MS = 300;
const PAGE_SIZE = 1_000;
const MAX_PAGES = 20;

/**
 * @param identity of this worker
 * @param isAlone no other worker can be there: the server was started for this one
 */
export function fleetOf(client: Client, identity: string, isAlone: boolean): Fleet {
  const bornAtMs = isAlone ? -Infinity : Date.now();
  const heard = new Map<string, { beatS: number; atMs: number }>();
  let known: ReadonlyMap<string, readonly Sighting[]> = new Map();
  let knownAtMs = -Infinity;
  let looking: Promise<void> | undefined;

  async function look(): Promise<void> {
    const next = new Map<string, Sighting[]>();
    let nextPageToken: Uint8Array | undefined;
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const answer = await client.workflowService.listWorkers({
        namespace: client.options.namespace,
        pageSize: PAGE_SIZE,
        ...(nextPageToken && { nextPageToken }),
      });
      for (const { workerHeartbeat } of answer.workersInfo) {
        const { taskQueue, workerIdentity, workerInstanceKey, status, heartbeatTime } = workerHeartbeat ?? {};
        if (!taskQueue || !workerInstanceKey) continue;
        const quietMs = Date.now() - heardAtMs(workerInstanceKey, Number(heartbeatTime?.seconds ?? 0));
        const isRunning = status === proto.temporal.api.enums.v1.WorkerStatus.WORKER_STATUS_RUNNING;
        const [live, recent] = [isRunning && quietMs < GONE_AFTER_MS, isRunning && quietMs < RECENT_MS];
        next.set(taskQueue, [...(next.get(taskQueue) ?? []), { identity: workerIdentity ?? '', live, recent }]);
      }
      nextPageToken = answer.nextPageToken;
      if (nextPageToken.length === 0) break;
    }
    known = next;
    if (heard.size > PAGE_SIZE * MAX_PAGES) heard.clear();
    knownAtMs = Date.now();
  }

  /** By our own clock once a worker was heard twice: clocks of hosts differ. */
  function heardAtMs(worker: string, beatS: number): number {
    const before = heard.get(worker);
    if (before?.beatS === beatS) return before.atMs;
    const atMs = before ? Date.now() : Math.min(Date.now(), beatS * 1_000);
    heard.set(worker, { beatS, atMs });
    return atMs;
  }

  /** Off the hot path: what is known is served while it is looked up; nothing known is waited for a moment. */
  async function refreshed(): Promise<void> {
    if (Date.now() - knownAtMs < REMEMBERED_MS) return;
    looking ??= look()
      .catch(() => undefined) // not knowing refuses nobody
      .finally(() => {
        looking = undefined;
      });
    if (knownAtMs === -Infinity) await Promise.race([looking, sleep(LOOK_UP_MS, undefined, { ref: false })]);
  }

  /** Until the server has heard of all that started together with this worker, nobody's absence means anything. */
  async function settled(): Promise<void> {
    while (Date.now() - bornAtMs < KNOWN_AFTER_MS) {
      await sleep(Math.min(250, KNOWN_AFTER_MS), undefined, { ref: false });
      await refreshed();
    }
  }

  const sightings = (taskQueue: string) => (known.get(taskQueue) ?? []).filter((each) => each.identity !== identity);
  const othersServeNow = (taskQueue: string) => sightings(taskQueue).some(({ live }) => live);
  return {
    async serviceOf(taskQueue) {
      await refreshed();
      if (othersServeNow(taskQueue)) return 'now';
      if (sightings(taskQueue).length === 0) await settled();
      if (othersServeNow(taskQueue)) return 'now';
      return sightings(taskQueue).length > 0 ? 'away' : 'never';
    },
    async othersServe(taskQueue) {
      await refreshed();
      if (!othersServeNow(taskQueue)) await settled();
      return othersServeNow(taskQueue);
    },
    async othersQueues(prefix) {
      await settled();
      await refreshed();
      await looking; // asked rarely: who has started since counts too
      const queues = [...known.keys()].filter((queue) => queue.startsWith(prefix));
      const recent = queues.filter((queue) => sightings(queue).some((each) => each.recent));
      return recent.sort((one, other) => Number(othersServeNow(other)) - Number(othersServeNow(one)));
    },
    sharersNow(taskQueue) {
      void refreshed();
      return 1 + sightings(taskQueue).filter(({ live }) => live).length;
    },
    othersServeNow(taskQueue) {
      void refreshed();
      const isSettled = isAlone || knownAtMs - bornAtMs >= KNOWN_AFTER_MS;
      return othersServeNow(taskQueue) || (isSettled ? false : 'unknown');
    },
  };
}
