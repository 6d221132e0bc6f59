import { WorkflowFailedError, type Client } from '@temporalio/client';
import type { Analysis } from '../../domain/analyze/analysis.js';
import { textFailureIn, type TextFailure } from '../../domain/failover/text-failure.js';

/** Waits for a run of `analyze` that somebody else started. */
export async function outcomeOf(client: Client, workflowId: string, runId?: string): Promise<Analysis | TextFailure> {
  try {
    return (await client.workflow.getHandle(workflowId, runId).result()) as Analysis;
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    return textFailureIn(error.cause, error.message);
  }
}
