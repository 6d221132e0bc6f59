/** Where workflows are started: any Temporal client can, with this name. */
export const ANALYZE_TASK_QUEUE = 'understudy';

/** Where `understudy worker --workflows` listens for workflows of somebody else. */
export const YOUR_TASK_QUEUE = 'understudy-workflows';

/** One task queue a provider: a bulkhead, and the place of its fleet-wide rate limit. */
export function taskQueueOf(provider: string): string {
  return `${ANALYZE_TASK_QUEUE}.${provider}`;
}

/** Begins the name of the queue of one host's files. */
export const HOST_FILES_PREFIX = `${ANALYZE_TASK_QUEUE}.files.`;

/**
 * The queue of those who see the same files: workers of one host with the same root.
 * @param rootHash of the absolute path of the root
 */
export function hostFilesQueueOf(host: string, rootHash: string): string {
  return `${HOST_FILES_PREFIX}${host}-${rootHash}`;
}

export function isOurTaskQueue(taskQueue: string): boolean {
  return taskQueue === ANALYZE_TASK_QUEUE || taskQueue.startsWith(`${ANALYZE_TASK_QUEUE}.`);
}
