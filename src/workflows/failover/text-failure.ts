import { ActivityFailure, ChildWorkflowFailure } from '@temporalio/workflow';
import { textFailureIn, type TextFailure } from '../../domain/failover/text-failure.js';

/** @throws the error itself when it says nothing about the text */
export function toTextFailure(error: unknown): TextFailure {
  if (!(error instanceof ChildWorkflowFailure || error instanceof ActivityFailure)) throw error;
  return textFailureIn(error.cause, error.message);
}
