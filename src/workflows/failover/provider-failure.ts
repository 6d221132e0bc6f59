import { ActivityFailure, ApplicationFailure, TimeoutFailure } from '@temporalio/workflow';
import type { FailureDetails } from '../../activities/failover/provider-failure.js';
import type { Attempt } from '../../domain/attempt.js';
import type { OutOfUse } from '../../domain/failover/out-of-use.js';
import { isFailureKind, type Failure, type FailureKind } from '../../domain/failure.js';

export interface ProviderFailure extends Failure {
  /** As the activity recorded them; without this failure when it did not live to tell. */
  attempts: readonly Attempt[];
  /** Whether the activity recorded this failure too. */
  recorded: boolean;
  /** No worker took the call, so nothing was sent. */
  neverStarted?: true;
  outOfUse?: OutOfUse;
}

/**
 * Reads what went wrong with a provider out of a failed activity. What no vendor can be blamed for, from a worker that does
 * not know the activity to a defect of ours, is a `WorkerFault`.
 * @returns undefined when the error is something else: a cancellation, or a defect in the workflow
 */
export function providerFailureIn(error: unknown): ProviderFailure | undefined {
  if (!(error instanceof ActivityFailure)) return undefined;
  const { cause, identity } = error;
  if (cause instanceof ApplicationFailure) return recordedFailure(cause);
  if (!(cause instanceof TimeoutFailure)) return undefined;
  const attempts = Array.isArray(cause.lastHeartbeatDetails) ? (cause.lastHeartbeatDetails as Attempt[]) : [];
  const unrecorded = (kind: FailureKind, message: string) => ({ kind, message, attempts, recorded: false });
  switch (cause.timeoutType) {
    case 'SCHEDULE_TO_START':
      return {
        ...unrecorded('ProviderClosed', 'no worker took the call: none serves it, or all are busy'),
        neverStarted: true,
      };
    case 'SCHEDULE_TO_CLOSE':
      return {
        ...unrecorded('Timeout', 'no answer before the deadline of the run'),
        ...(!identity && { neverStarted: true }),
      };
    case 'HEARTBEAT':
    case 'START_TO_CLOSE':
    case undefined:
      return unrecorded('WorkerLost', 'the worker was lost with the call in flight');
  }
}

function recordedFailure({ type, message, details }: ApplicationFailure): ProviderFailure {
  if (!isFailureKind(type)) {
    const said = `${type ?? 'Error'}: ${message}`.slice(0, 300);
    return { kind: 'WorkerFault', message: said, attempts: [], recorded: false, neverStarted: true };
  }
  const [told] = (details ?? []) as [FailureDetails?];
  return { kind: type, message, attempts: [], recorded: type !== 'ProviderClosed', ...told };
}
