import type { Client } from '@temporalio/client';
import { batchIdOf } from '../../domain/batch/batch.js';
import { printable } from '../../domain/text.js';
import { doneIn } from '../../domain/batch/tally.js';
import { memoIn } from './batch-handle.js';
import { cost } from './batch-summary.js';
import { say } from '../terminal/say.js';

const MOST_SHOWN = 100;

/** A line for each batch, the latest first. @returns the exit code */
export async function batchList(client: Client): Promise<number> {
  const shown = new Set<string>();
  for await (const execution of client.workflow.list({ query: 'WorkflowType = "batch"' })) {
    const id = execution.workflowId.slice(batchIdOf('').length);
    const state = execution.status.name.toLowerCase();
    if (shown.has(id) || state === 'continued_as_new') continue; // an earlier run of the same batch
    shown.add(id);
    const { input, status } = memoIn(execution);
    const done = status ? `${doneIn(status.tally)} of ${status.total ?? '?'} done, ${status.tally.failed} failed` : '-';
    const spent = status ? cost(status.tally.costUsd) : '-';
    const at = (status?.startedAt ?? execution.startTime.toISOString()).slice(0, 16).replace('T', ' ');
    process.stdout.write(`${printable(id)}\t${state}\t${done}\t${spent}\t${at}\t${printable(input?.input ?? '-')}\n`);
    if (shown.size === MOST_SHOWN) break;
  }
  if (shown.size === 0) say('there is no batch yet; npx understudy batch FILE starts one');
  return 0;
}
