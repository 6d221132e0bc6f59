import type { Client } from '@temporalio/client';
import proto from '@temporalio/proto';
import type { BatchStatus, PageStatus } from '../../domain/batch/batch.js';
import { countAll, emptyTally } from '../../domain/batch/tally.js';
import { statusOf } from '../terminal/follow.js';

/** Beyond it, what pages that wait for their last texts have done is told when they are over. */
const PAGES_ASKED = 20;
/** Workers tell the server every two seconds that they live. */
const GONE_AFTER_MS = 7_000;

export interface Now {
  /** With what the pages under way have done. */
  status: BatchStatus;
  underWay: number;
  /** Texts that take longer than an answer should. */
  waiting: number;
}

/** How far a batch is, by itself and by its pages under way. */
export async function withPages(client: Client, status: BatchStatus): Promise<Now> {
  const asked = status.pages.slice(-PAGES_ASKED);
  const answers = await Promise.all(
    asked.map((workflowId) => statusOf<PageStatus>(client.workflow.getHandle(workflowId))),
  );
  const known = answers.filter((each) => each !== undefined);
  const tally = emptyTally();
  for (const each of [status, ...known]) countAll(tally, each.tally);
  const sum = (of: (page: PageStatus) => number) => known.reduce((before, page) => before + of(page), 0);
  return { status: { ...status, tally }, underWay: sum((page) => page.underWay), waiting: sum((page) => page.waiting) };
}

/** @returns the host that has the files of a batch or a schedule, when no worker of it answers */
export async function hostAway(
  client: Client,
  { host, filesQueue }: { host?: string | undefined; filesQueue?: string | undefined },
): Promise<string | undefined> {
  if (host === undefined || filesQueue === undefined) return undefined;
  const { workersInfo } = await client.workflowService.listWorkers({
    namespace: client.options.namespace,
    query: `TaskQueue = "${filesQueue.replace(/["\\]/g, '')}"`,
  });
  const lives = workersInfo.some(({ workerHeartbeat: beat }) => {
    const quietMs = Date.now() - Number(beat?.heartbeatTime?.seconds ?? 0) * 1_000;
    return beat?.status === proto.temporal.api.enums.v1.WorkerStatus.WORKER_STATUS_RUNNING && quietMs < GONE_AFTER_MS;
  });
  return lives ? undefined : host;
}
