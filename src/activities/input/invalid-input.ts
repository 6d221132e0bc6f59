import { ApplicationFailure } from '@temporalio/common';

/** What the person has to mend: the message names the value. */
export function invalidInput(message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, 'InvalidInput');
}
