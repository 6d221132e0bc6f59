import { WorkflowNotFoundError, type Client, type WorkflowHandle } from '@temporalio/client';
import { execution, type Execution } from '../../activities/executions.js';
import { UsageError } from '../terminal/errors.js';

/** Types of workflows that answer one text. */
export const RUN_TYPES: readonly string[] = ['analyze', 'ask'];

export interface FoundRun {
  handle: WorkflowHandle;
  description: Execution;
}

/** @throws UsageError when there is no run of this id, or it is none of a text */
export async function runOf(client: Client, workflowId: string): Promise<FoundRun> {
  const handle = client.workflow.getHandle(workflowId);
  const description = await execution(client, workflowId).catch((error: unknown) => {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    throw new UsageError(`there is no run ${workflowId}; see: npx understudy runs list`);
  });
  if (RUN_TYPES.includes(description.type)) return { handle, description };
  throw new UsageError(`${workflowId} is a run of ${description.type}, not one of a text`);
}

/** @throws UsageError for a run that has ended */
export function requireUnderWay({ workflowId, status }: Execution): void {
  if (status.name !== 'RUNNING') throw new UsageError(`${workflowId} has ended: ${stateOf(status.name)}`);
}

/** `COMPLETED` as one says it. */
export function stateOf(name: string): string {
  return name.toLowerCase().replaceAll('_', ' ');
}
