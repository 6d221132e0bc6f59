import { proxyActivities } from '@temporalio/workflow';
import type { RecurringActivities } from '../../activities/schedule/recurring-activities.js';
import type { News } from '../../domain/schedule/memory.js';
import { RECURRING_TASK_QUEUE } from '../../domain/schedule/recurring.js';

/** Tells the memory of a schedule. Doing it twice changes nothing. */
export function remember(schedule: string, news: News): Promise<void> {
  const activities = proxyActivities<RecurringActivities>({
    taskQueue: RECURRING_TASK_QUEUE,
    startToCloseTimeout: '1m',
    heartbeatTimeout: '8s',
    retry: { initialInterval: '1s', maximumInterval: '1m' },
  });
  return activities.remember(schedule, news);
}
