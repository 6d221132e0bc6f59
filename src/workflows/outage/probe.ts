import { ActivityFailure, ApplicationFailure } from '@temporalio/workflow';
import type { Attempt } from '../../domain/attempt.js';
import type { Failure } from '../../domain/failure.js';
import type { OutageReport } from '../../domain/outage/outage-report.js';
import { PROBE_TEXT } from '../../domain/outage/outage.js';
import { callOf } from '../failover/ask-provider.js';
import { providerFailureIn } from '../failover/provider-failure.js';

/** What came of a probe. */
export interface Probed {
  failure?: Failure;
  attempts: readonly Attempt[];
  worker?: string;
  /** The worker that took it does not know the task. */
  isUnknown?: boolean;
}

/** One cheap real call of the task that failed. @param limitMs how long it may take */
export async function probe({ task, provider, timeoutMs }: OutageReport, limitMs: number): Promise<Probed> {
  try {
    const call = callOf(task, { provider, timeoutMs, isUrgent: true });
    const { attempts, worker } = await call({ text: PROBE_TEXT, probe: { limitMs } });
    return { attempts, ...(worker !== undefined && { worker }) };
  } catch (error) {
    const failure = providerFailureIn(error);
    if (failure === undefined) throw error;
    return { failure, attempts: failure.attempts, isUnknown: isUnknown(error) };
  }
}

/** Other faults of our own side pass: a worker that has left the queue, a text that it could not read. */
function isUnknown(error: unknown): boolean {
  const cause = error instanceof ActivityFailure ? error.cause : undefined;
  return cause instanceof ApplicationFailure && cause.type === 'NotFoundError'; // Temporal's, for what is not registered
}
