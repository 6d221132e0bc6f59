import { ApplicationFailure } from '@temporalio/common';
import type { Attempt } from '../../domain/attempt.js';
import type { OutOfUse } from '../../domain/failover/out-of-use.js';
import { retriesInPlace, type Failure } from '../../domain/failure.js';

/** Travels with a failed activity to the workflow. */
export interface FailureDetails {
  attempts: readonly Attempt[];
  /** Milliseconds from the failure. */
  retryAfterMs?: number;
  /** Why the provider was not called. */
  outOfUse?: OutOfUse;
  /** Whether `attempts` tells of this failure; where it is not given, of all but `ProviderClosed`. */
  recorded?: boolean;
  /** Nothing was sent. */
  neverStarted?: true;
}

/** The one place where a provider's failure becomes Temporal's. */
export function toApplicationFailure(failure: Failure, details: FailureDetails): ApplicationFailure {
  const { kind, message, retryAfterMs } = failure;
  return ApplicationFailure.create({
    type: kind, // what routing needs: a pending failure over 4 KiB keeps its type and loses its details
    message,
    nonRetryable: !retriesInPlace(failure),
    ...(retryAfterMs !== undefined && { nextRetryDelay: retryAfterMs }),
    details: [{ ...details, ...(retryAfterMs !== undefined && { retryAfterMs }) }],
  });
}
