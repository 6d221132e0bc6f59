import { proxyActivities } from '@temporalio/workflow';
import type { ProviderActivities } from '../../activities/failover/provider-activities.js';
import { taskQueueOf, type Candidate } from '../../domain/failover/plan.js';
import type { Task } from '../../domain/task.js';

interface Call extends Pick<Candidate, 'provider' | 'timeoutMs'> {
  retry?: Candidate['retry'];
  /** Until the deadline of the run; it needs no timer of its own that way. */
  timeLeftMs?: number;
  /** Of a long text, like `2/5`. */
  part?: string | undefined;
  /** Goes before the calls that wait in the provider's queue. */
  isUrgent?: boolean;
}

/** A call that was lost may be paid: whether it is made again is the run's decision, and stands in its trail. */
const LOST = ['TemporalTimeout:Heartbeat', 'TemporalTimeout:StartToClose'];

/** One call of one provider: an activity on that provider's own task queue. */
export function via(task: Task, { provider, timeoutMs, retry, timeLeftMs, part, isUrgent }: Call): ProviderActivities {
  return proxyActivities<ProviderActivities>({
    taskQueue: taskQueueOf(provider),
    summary: `${task}${part === undefined ? '' : ` part ${part}`} with ${provider}`,
    scheduleToStartTimeout: '10s', // no worker serves this provider, or it is saturated
    startToCloseTimeout: timeoutMs + 10_000, // the adapter ends first and says why
    ...(timeLeftMs !== undefined && { scheduleToCloseTimeout: timeLeftMs }),
    heartbeatTimeout: '8s', // a lost worker is noticed within 10 s
    ...(isUrgent && { priority: { priorityKey: 1 } }),
    retry: {
      maximumAttempts: retry?.maximumAttempts ?? 1,
      nonRetryableErrorTypes: LOST,
      ...(retry && {
        initialInterval: retry.initialIntervalMs,
        maximumInterval: retry.maximumIntervalMs,
        backoffCoefficient: retry.backoffCoefficient,
      }),
    },
  });
}
