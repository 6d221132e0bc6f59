import type { Client } from '@temporalio/client';
import { executions } from '../../activities/executions.js';
import { batchIdOf, type BatchMemo } from '../../domain/batch/batch.js';
import { doneIn } from '../../domain/batch/tally.js';
import { memoIn } from './batch-handle.js';
import type { Cell } from '../terminal/cell.js';
import { printed, printJson, say } from '../terminal/say.js';
import { screenOf } from '../terminal/screen.js';
import { table } from '../terminal/table.js';

const MAX_SHOWN = 100;
/** Without the histories that a batch has gone on from. */
const LAST_RUNS = 'WorkflowType = "batch" AND ExecutionStatus != "ContinuedAsNew"';
const COLUMNS = ['batch', 'state', 'lines', 'cost', 'started', 'input'].map((title) => ({ title }));

/** A batch as it was last told of; input and status are absent before a worker has taken it. */
interface Listed extends Partial<BatchMemo> {
  id: string;
  state: string;
  /** ISO 8601 */
  startedAt: string;
}

/** A line for each batch, the latest first. @returns the exit code */
export async function batchList(client: Client, json: boolean): Promise<number> {
  const batches: Listed[] = [];
  for await (const execution of executions(client, LAST_RUNS, MAX_SHOWN)) {
    const id = execution.workflowId.slice(batchIdOf('').length);
    if (batches.some((listed) => listed.id === id)) continue; // what a retry has gone on from
    const { input, status } = memoIn(execution);
    batches.push({
      id,
      state: execution.status.name.toLowerCase(),
      startedAt: status?.startedAt ?? execution.startTime.toISOString(),
      ...(input && { input }),
      ...(status && { status }),
    });
    if (batches.length === MAX_SHOWN) break;
  }
  if (json) printJson(batches);
  else if (batches.length === 0) say('there is no batch yet; npx understudy batch FILE starts one');
  else printed(table(COLUMNS, batches.map(row), screenOf(process.stdout)));
  return 0;
}

function row({ id, state, startedAt, input, status }: Listed): Cell[] {
  const done = status ? `${doneIn(status.tally)} of ${status.total ?? '?'} done, ${status.tally.failed} failed` : '-';
  return [id, state, done, status ? { usd: status.tally.costUsd } : '-', { atMs: Date.parse(startedAt) }, input?.input];
}
