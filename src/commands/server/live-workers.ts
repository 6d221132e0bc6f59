import type { Client } from '@temporalio/client';

const STATUS_RUNNING = 1; // temporal.api.enums.v1.WorkerStatus
/** Workers tell the server every 2 s that they live; clocks differ. */
const TOLD_WITHIN_MS = 15_000;
const PAGE_SIZE = 1_000;
const MAX_PAGES = 20;

/** Identities of the workers that the server heard of lately. */
export async function liveWorkers({ workflowService, options: { namespace } }: Client): Promise<string[]> {
  const live = new Map<string, number>();
  let nextPageToken: Uint8Array | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const more = nextPageToken ? { nextPageToken } : {};
    const answer = await workflowService.listWorkers({ namespace, pageSize: PAGE_SIZE, ...more });
    for (const { workerHeartbeat } of answer.workersInfo) {
      const { workerIdentity, status, heartbeatTime } = workerHeartbeat ?? {};
      if (!workerIdentity || Number(status) !== STATUS_RUNNING) continue;
      live.set(workerIdentity, Math.max(live.get(workerIdentity) ?? 0, Number(heartbeatTime?.seconds ?? 0) * 1_000));
    }
    nextPageToken = answer.nextPageToken;
    if (nextPageToken.length === 0) break;
  }
  const latestMs = Math.max(Date.now(), ...live.values());
  return [...live].filter(([, toldAtMs]) => latestMs - toldAtMs < TOLD_WITHIN_MS).map(([identity]) => identity);
}
