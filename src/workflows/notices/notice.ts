import { ActivityFailure, ApplicationFailure, proxyActivities } from '@temporalio/workflow';
import type { NoticeActivities } from '../../activities/notices/notice-activities.js';
import { notice as noticeSchema, NOTICES_TASK_QUEUE, type Notice } from '../../domain/notices/notice.js';
import { parsedInput } from '../input/parsed-input.js';

const { noticeTargets, sendNotice } = proxyActivities<NoticeActivities>({
  taskQueue: NOTICES_TASK_QUEUE,
  startToCloseTimeout: '40s', // the activity gives up earlier and says why
  scheduleToCloseTimeout: '24h',
  retry: { initialInterval: '1s', maximumInterval: '5m' },
});

/**
 * Sends one notice to everybody who wants it, each until it is taken, for a day at most.
 * @throws ApplicationFailure of the first receiver that never took it
 */
export async function notice(given: Notice): Promise<{ sentTo: number }> {
  const told = parsedInput(noticeSchema, given);
  const targets = await noticeTargets(told.topic);
  const ends = await Promise.allSettled(targets.map((target) => sendNotice(told, target)));
  const failed = ends.find((end) => end.status === 'rejected');
  if (failed) throw reasonOf(failed.reason);
  return { sentTo: targets.length };
}

/** It says why itself, without the activity around it. */
function reasonOf(error: unknown): unknown {
  return error instanceof ActivityFailure && error.cause instanceof ApplicationFailure ? error.cause : error;
}
