import { createHash } from 'node:crypto';
import type { Client } from '@temporalio/client';
import type { WorkerOptions } from '@temporalio/worker';
import { batchActivities } from '../activities/batch/batch-activities.js';
import type { Fleet } from '../activities/failover/fleet.js';
import { recurringActivities } from '../activities/schedule/recurring-activities.js';
import { hostName, secretOf } from '../config/config.js';
import type { Config } from '../config/config-schema.js';
import { FILES_TASK_QUEUE, MAX_CONCURRENCY } from '../domain/batch/batch.js';
import { RECURRING_TASK_QUEUE } from '../domain/schedule/recurring.js';
import { HOST_FILES_PREFIX, hostFilesQueueOf } from '../domain/task-queues.js';

type Service = Pick<
  WorkerOptions,
  'taskQueue' | 'activities' | 'shutdownGraceTime' | 'maxConcurrentActivityTaskExecutions'
>;

/** What is cut off in these queues when the worker stops is done again, and costs nothing. */
export const UNPAID_GRACE = '5s';
const ROOT_HASH_CHARS = 8;

/**
 * The queues of files: one where batches and sources are opened, by whoever is there, and one of this host, for all that
 * follows. Where all workers see the same files, the first does for both.
 */
export function fileServices({ files, network }: Config, client: Client, fleet: Fleet): Service[] {
  const own = files.shared ? undefined : { queue: queueOf(files.root), host: hostName() };
  const queue = own?.queue ?? FILES_TASK_QUEUE;
  const otherHosts = () => (own ? fleet.othersQueues(HOST_FILES_PREFIX) : Promise.resolve([]));
  const here = { folder: files.root, client, otherHosts, ...(own && { host: own.host }) };
  const batch = { ...batchActivities({ ...here, queue }) };
  const recurring = {
    ...recurringActivities({ ...here, queue: own?.queue ?? RECURRING_TASK_QUEUE, network, secretOf }),
  };
  const common: Omit<Service, 'taskQueue'> = {
    shutdownGraceTime: UNPAID_GRACE,
    maxConcurrentActivityTaskExecutions: MAX_CONCURRENCY,
  };
  return [
    { ...common, taskQueue: FILES_TASK_QUEUE, activities: batch },
    { ...common, taskQueue: RECURRING_TASK_QUEUE, activities: recurring },
    ...(own ? [{ ...common, taskQueue: own.queue, activities: { ...batch, ...recurring } }] : []),
  ];
}

/** Workers of one host with the same root share it. */
function queueOf(root: string): string {
  return hostFilesQueueOf(hostName(), createHash('sha256').update(root).digest('hex').slice(0, ROOT_HASH_CHARS));
}
