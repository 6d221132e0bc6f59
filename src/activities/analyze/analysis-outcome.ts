import { WorkflowFailedError, type Client } from '@temporalio/client';
import type { Analysis } from '../../domain/analyze/analysis.js';
import { textFailureIn, type TextFailure } from '../../domain/failover/text-failure.js';

/** Waits for a run that somebody else started. @typeParam Result of a run of that kind */
export async function outcomeOf<Result = Analysis>(
  client: Client,
  workflowId: string,
  runId?: string,
): Promise<Result | TextFailure> {
  try {
    return (await client.workflow.getHandle(workflowId, runId).result()) as Result;
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    return textFailureIn(error.cause, error.message);
  }
}
