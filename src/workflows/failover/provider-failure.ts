import { ActivityFailure, ApplicationFailure, TimeoutFailure } from '@temporalio/workflow';
import type { FailureDetails } from '../../activities/failover/provider-failure.js';
import type { Attempt } from '../../domain/attempt.js';
import type { Closure } from '../../domain/outage/outage.js';
import { isFailureKind, type Failure } from '../../domain/failure.js';

export interface ProviderFailure extends Failure {
  /** As the activity recorded them; without this failure when it did not live to tell. */
  attempts: Attempt[];
  recorded: boolean;
  closure?: Closure;
}

/**
 * Reads what went wrong with a provider out of a failed activity.
 * @returns undefined when the error is something else: a cancellation, or a defect
 */
export function providerFailureIn(error: unknown): ProviderFailure | undefined {
  if (!(error instanceof ActivityFailure)) return undefined;
  const { cause } = error;
  if (cause instanceof ApplicationFailure && isFailureKind(cause.type)) {
    const [details] = (cause.details ?? []) as [FailureDetails?];
    return {
      kind: cause.type,
      message: cause.message,
      attempts: [],
      recorded: cause.type !== 'ProviderClosed',
      ...details,
    };
  }
  if (!(cause instanceof TimeoutFailure)) return undefined;
  const attempts = Array.isArray(cause.lastHeartbeatDetails) ? (cause.lastHeartbeatDetails as Attempt[]) : [];
  switch (cause.timeoutType) {
    case 'SCHEDULE_TO_START':
      return {
        kind: 'ProviderClosed',
        message: 'no worker took the call: none serves it, or all are busy',
        attempts,
        recorded: false,
      };
    case 'SCHEDULE_TO_CLOSE':
      return { kind: 'Timeout', message: 'no answer before the deadline of the run', attempts, recorded: false };
    case 'HEARTBEAT':
    case 'START_TO_CLOSE':
    case undefined:
      return { kind: 'WorkerLost', message: 'the worker was lost with the call in flight', attempts, recorded: false };
  }
}
