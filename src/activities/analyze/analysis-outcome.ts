import { WorkflowFailedError, type Client } from '@temporalio/client';
import { textFailureIn, type TextFailure } from '../../domain/failover/text-failure.js';

/** Waits for a run of one text that somebody else started. @typeParam R what such a run comes to */
export async function outcomeOf<R>(client: Client, workflowId: string, runId?: string): Promise<R | TextFailure> {
  try {
    return (await client.workflow.getHandle(workflowId, runId).result()) as R;
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    return textFailureIn(error.cause, error.message);
  }
}
