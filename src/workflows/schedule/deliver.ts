import { ActivityFailure, ApplicationFailure, proxyActivities } from '@temporalio/workflow';
import type { RecurringActivities } from '../../activities/schedule/recurring-activities.js';
import { RECURRING_TASK_QUEUE, type Delivery, type Sink } from '../../domain/schedule/recurring.js';
import { fewAtATime } from '../few-at-a-time.js';

const POSTS_AT_ONCE = 4;

const { appendToFile, postToWebhook } = proxyActivities<RecurringActivities>({
  taskQueue: RECURRING_TASK_QUEUE,
  startToCloseTimeout: '1m', // the adapters give up earlier and say why
  heartbeatTimeout: '8s',
  // After that the run fails; the next one delivers what is analyzed already, and pays for nothing twice.
  scheduleToCloseTimeout: '1h',
  retry: { initialInterval: '1s', maximumInterval: '1m' },
});

/**
 * Brings results to their sink: each once to a file, at least once to a webhook.
 * @returns how many of them the webhook does not accept; that is final
 */
export async function deliver(sink: Sink, deliveries: Delivery[]): Promise<number> {
  if (deliveries.length === 0) return 0;
  if (sink.kind === 'file') {
    await appendToFile(sink.path, deliveries);
    return 0;
  }
  const answers = await fewAtATime(POSTS_AT_ONCE, deliveries, (delivery) => posted(sink, delivery));
  const denied = answers.filter((answer) => answer instanceof Error);
  const [first] = denied;
  if (first && denied.length === deliveries.length) throw first; // it is closed to us, and not to a result
  return denied.length + answers.filter((answer) => answer === 'refused').length;
}

/** @returns the error where the webhook does not let this one in: whether it lets any in, the others tell */
async function posted(webhook: Extract<Sink, { kind: 'webhook' }>, delivery: Delivery) {
  try {
    await postToWebhook({ webhook, delivery });
    return 'accepted';
  } catch (error) {
    const type = error instanceof ActivityFailure && error.cause instanceof ApplicationFailure && error.cause.type;
    if (type === 'ResultRefused') return 'refused';
    if (type === 'Denied' && error instanceof Error) return error;
    throw error;
  }
}
