import { WorkflowFailedError, type Client } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { Analysis, Attempt } from '../domain/analysis.js';
import type { TextFailure } from '../domain/result-line.js';

/** Waits for a run of `analyze` that somebody else started. */
export async function outcomeOf(client: Client, workflowId: string, runId?: string): Promise<Analysis | TextFailure> {
  try {
    return (await client.workflow.getHandle(workflowId, runId).result()) as Analysis;
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    const { cause } = error;
    const message = cause?.message ?? error.message;
    if (!(cause instanceof ApplicationFailure)) return { type: cause?.name ?? 'Failed', message, attempts: [] };
    const [details] = (cause.details ?? []) as [{ attempts?: Attempt[] }?];
    return { type: cause.type ?? 'Failed', message, attempts: details?.attempts ?? [] };
  }
}
