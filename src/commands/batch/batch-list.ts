import type { Client } from '@temporalio/client';
import { batchIdOf } from '../../domain/batch/batch.js';
import { doneIn } from '../../domain/batch/tally.js';
import { memoIn } from './batch-handle.js';
import type { Cell } from '../terminal/cell.js';
import { printed, say } from '../terminal/say.js';
import { screenOf } from '../terminal/screen.js';
import { table } from '../terminal/table.js';

const MOST_SHOWN = 100;
const COLUMNS = ['batch', 'state', 'lines', 'cost', 'started', 'input'].map((title) => ({ title }));

/** A line for each batch, the latest first. @returns the exit code */
export async function batchList(client: Client): Promise<number> {
  const shown = new Set<string>();
  const rows: Cell[][] = [];
  for await (const execution of client.workflow.list({ query: 'WorkflowType = "batch"' })) {
    const id = execution.workflowId.slice(batchIdOf('').length);
    const state = execution.status.name.toLowerCase();
    if (shown.has(id) || state === 'continued_as_new') continue; // an earlier run of the same batch
    shown.add(id);
    const { input, status } = memoIn(execution);
    const done = status ? `${doneIn(status.tally)} of ${status.total ?? '?'} done, ${status.tally.failed} failed` : '-';
    const spent = status ? { usd: status.tally.costUsd } : '-';
    const at = status === undefined ? execution.startTime.getTime() : Date.parse(status.startedAt);
    rows.push([id, state, done, spent, { atMs: at }, input?.input]);
    if (shown.size === MOST_SHOWN) break;
  }
  if (rows.length > 0) printed(table(COLUMNS, rows, screenOf(process.stdout)));
  if (shown.size === 0) say('there is no batch yet; npx understudy batch FILE starts one');
  return 0;
}
