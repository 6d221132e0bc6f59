import type { Client } from '@temporalio/client';
import { batchIdOf } from '../../../domain/batch/batch.js';
import { valueIn } from '../../../temporal/codec/data-converter.js';

/** When the run of a line began and ended, and where it is found. */
export interface LineRun {
  workflowId: string;
  runId: string;
  /** Epoch milliseconds, here and below. */
  startedAtMs: number;
  endedAtMs: number;
}

/** Of more lines the times are not read: a report is made within a minute. */
const MAX_RUNS = 200_000;

/** The runs of a batch that have ended and that the server still has, by line; of several of one line the last. */
export async function lineRunsOf(client: Client, id: string): Promise<Map<number, LineRun>> {
  const runs = new Map<number, LineRun>();
  const prefix = `${batchIdOf(id)}/`;
  const isOfLine = `WorkflowId STARTS_WITH "${prefix}" AND WorkflowType IN ("analyze", "ask")`;
  const query = `${isOfLine} AND ExecutionStatus IN ("Completed", "Failed", "TimedOut", "Canceled", "Terminated")`;
  for await (const { workflowId, runId, startTime, closeTime } of client.workflow.list({ query, pageSize: 1_000 })) {
    const line = Number(/^(\d{1,15})-/.exec(workflowId.slice(prefix.length))?.[1]);
    if (!Number.isSafeInteger(line) || closeTime === undefined) continue;
    const run = { workflowId, runId, startedAtMs: startTime.getTime(), endedAtMs: closeTime.getTime() };
    if ((runs.get(line)?.startedAtMs ?? -1) < run.startedAtMs) runs.set(line, run);
    if (runs.size >= MAX_RUNS) break;
  }
  return runs;
}

/** What a run was asked about; undefined where the server does not have it any more. */
export async function textAskedIn(client: Client, { workflowId, runId }: LineRun): Promise<string | undefined> {
  const { history } = await client.workflowService
    .getWorkflowExecutionHistory({
      namespace: client.options.namespace,
      execution: { workflowId, runId },
      maximumPageSize: 1,
    })
    .catch(() => ({ history: undefined }));
  const payload = history?.events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads?.[0];
  const input = payload && (await valueIn(client.options.loadedDataConverter, payload));
  const text = typeof input === 'object' && input !== null && 'text' in input ? input.text : undefined;
  return typeof text === 'string' || text === undefined ? text : JSON.stringify(text);
}
