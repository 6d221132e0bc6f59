/** Where workflows are started: any Temporal client can, with this name. */
export const ANALYZE_TASK_QUEUE = 'understudy';

/** Where `understudy worker --workflows` listens for workflows of somebody else. */
export const YOUR_TASK_QUEUE = 'understudy-workflows';

/** One task queue a provider: a bulkhead, and the place of its fleet-wide rate limit. */
export function taskQueueOf(provider: string): string {
  return `${ANALYZE_TASK_QUEUE}.${provider}`;
}

export function isOurTaskQueue(taskQueue: string): boolean {
  return taskQueue === ANALYZE_TASK_QUEUE || taskQueue.startsWith(`${ANALYZE_TASK_QUEUE}.`);
}
