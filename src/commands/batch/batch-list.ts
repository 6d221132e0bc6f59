import type { Client } from '@temporalio/client';
import { executions } from '../../activities/executions.js';
import { batchIdOf } from '../../domain/batch/batch.js';
import { doneIn } from '../../domain/batch/tally.js';
import { memoIn } from './batch-handle.js';
import type { Cell } from '../terminal/cell.js';
import { printed, say } from '../terminal/say.js';
import { screenOf } from '../terminal/screen.js';
import { table } from '../terminal/table.js';

const MAX_SHOWN = 100;
/** Without the histories that a batch has gone on from. */
const LAST_RUNS = 'WorkflowType = "batch" AND ExecutionStatus != "ContinuedAsNew"';
const COLUMNS = ['batch', 'state', 'lines', 'cost', 'started', 'input'].map((title) => ({ title }));

/** A line for each batch, the latest first. @returns the exit code */
export async function batchList(client: Client): Promise<number> {
  const rows: Cell[][] = [];
  for await (const execution of executions(client, LAST_RUNS, MAX_SHOWN)) {
    const id = execution.workflowId.slice(batchIdOf('').length);
    if (rows.some(([shown]) => shown === id)) continue; // what a retry has gone on from
    const state = execution.status.name.toLowerCase();
    const { input, status } = memoIn(execution);
    const done = status ? `${doneIn(status.tally)} of ${status.total ?? '?'} done, ${status.tally.failed} failed` : '-';
    const spent = status ? { usd: status.tally.costUsd } : '-';
    const at = status === undefined ? execution.startTime.getTime() : Date.parse(status.startedAt);
    rows.push([id, state, done, spent, { atMs: at }, input?.input]);
    if (rows.length === MAX_SHOWN) break;
  }
  if (rows.length > 0) printed(table(COLUMNS, rows, screenOf(process.stdout)));
  if (rows.length === 0) say('there is no batch yet; npx understudy batch FILE starts one');
  return 0;
}
