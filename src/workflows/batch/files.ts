import { proxyActivities, type ActivityOptions } from '@temporalio/workflow';
import type { BatchActivities } from '../../activities/batch/batch-activities.js';

const OF_FILES = {
  startToCloseTimeout: '2h',
  heartbeatTimeout: '8s',
  retry: { maximumInterval: '30s' }, // a full disk is waited for
} satisfies ActivityOptions;

/** The files of a batch. Their host may be away: it is waited for. @param taskQueue of those who have them */
export function filesOn(taskQueue: string): BatchActivities {
  return proxyActivities<BatchActivities>({ taskQueue, ...OF_FILES });
}

/** As {@link filesOn}, for whoever cannot wait for a host that is away. */
export function filesNowOn(taskQueue: string): BatchActivities {
  return proxyActivities<BatchActivities>({ taskQueue, ...OF_FILES, scheduleToStartTimeout: '10s' });
}

/** Runs that were begun before: an outage of a day is waited for. */
export function runsBefore(taskQueue: string): Pick<BatchActivities, 'awaitRun'> {
  return proxyActivities<BatchActivities>({ taskQueue, ...OF_FILES, startToCloseTimeout: '30d' });
}
