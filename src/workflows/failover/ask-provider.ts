import { proxyActivities } from '@temporalio/workflow';
import type { ProviderActivity } from '../../activities/failover/provider-activities.js';
import type { Candidate } from '../../domain/failover/plan.js';
import { taskQueueOf } from '../../domain/task-queues.js';
import type { Task } from '../../domain/task.js';

export interface Call extends Pick<Candidate, 'provider' | 'timeoutMs'> {
  retry?: Candidate['retry'];
  /** Until the deadline of the run; it needs no timer of its own that way. Absent: no deadline. */
  timeLeftMs?: number;
  /** How long it may lie in the provider's queue; absent: for as long as it takes. */
  queuedMs?: number;
  /** Of a long text, like `2/5`. */
  part?: string | undefined;
  /** Goes before the calls that wait in the provider's queue. */
  isUrgent?: boolean;
}

/** A call that was lost may be paid: whether it is made again is the run's decision, and stands in its trail. */
const LOST = ['TemporalTimeout:Heartbeat', 'TemporalTimeout:StartToClose'];
/** Beyond the adapter's own limit, for what comes before the call, so that it ends first and says why. */
const GRACE_MS = 15_000;

/** One call of one provider: an activity of the task's name, on that provider's own task queue. */
export function callOf(task: Task, call: Call): ProviderActivity {
  const { provider, timeoutMs, retry, timeLeftMs, queuedMs, part, isUrgent } = call;
  const activities = proxyActivities<Record<Task, ProviderActivity>>({
    taskQueue: taskQueueOf(provider),
    summary: `${task}${part === undefined ? '' : ` part ${part}`} with ${provider}`,
    ...(queuedMs !== undefined && { scheduleToStartTimeout: queuedMs }),
    startToCloseTimeout: timeoutMs + GRACE_MS,
    ...(timeLeftMs !== undefined && { scheduleToCloseTimeout: timeLeftMs }),
    heartbeatTimeout: '9s', // a lost worker is noticed within 10 s
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
  return activities[task] as ProviderActivity; // a proxy has every name
}
