import { ApplicationFailure } from '@temporalio/common';
import type { Attempt } from '../../domain/attempt.js';
import { retriesInPlace, type Failure } from '../../domain/failure.js';
import type { Closure } from '../../domain/outage/outage.js';

/** Travels with a failed activity to the workflow. */
export interface FailureDetails {
  attempts: Attempt[];
  /** Milliseconds from the failure. */
  retryAfterMs?: number;
  /** Why the provider was not called. */
  closure?: Closure;
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
