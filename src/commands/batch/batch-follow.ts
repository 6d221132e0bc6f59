import type { Client } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { batchIdOf, type BatchStatus } from '../../domain/batch/batch.js';
import type { batch } from '../../workflows/batch/batch.js';
import { doneIn } from '../../domain/batch/tally.js';
import { oneLine } from '../../domain/text.js';
import { describeBatch, memoIn, type BatchHandle } from './batch-handle.js';
import { withPages } from './batch-now.js';
import { batchProgress } from './batch-progress.js';
import { outageTeller } from './outage-teller.js';
import { batchSummary } from './batch-summary.js';
import { follow, type End } from '../terminal/follow.js';
import { interruption, INTERRUPTED } from '../terminal/interrupt.js';
import { printed, printJson, say } from '../terminal/say.js';
import { screenOf } from '../terminal/screen.js';
import { UsageError } from '../terminal/errors.js';

/**
 * Shows how far a batch is until it ends, and what came of it. Ctrl-C leaves it running.
 * @returns the exit code
 */
export async function followBatch(client: Client, id: string, json: boolean): Promise<number> {
  const handle: BatchHandle = client.workflow.getHandle(batchIdOf(id));
  const progress = batchProgress();
  const tellOutages = outageTeller(client, progress.say, () => screenOf(process.stderr));
  const show = async (status: BatchStatus) => {
    const { status: told, waiting } = await withPages(client, status);
    progress.show(told, { waiting, nextLookMs: await tellOutages(waiting) });
  };
  const end = await follow<typeof batch, BatchStatus>(handle, { show, left: interruption() }).finally(() => {
    progress.stop();
  });
  if (end) return tellEnd(client, id, end, json);
  say(`interrupted; the batch goes on. Come back with: npx understudy batch watch ${id}`);
  return INTERRUPTED;
}

async function tellEnd(client: Client, id: string, end: End<typeof batch>, json: boolean): Promise<number> {
  if ('result' in end) {
    tellStatus(id, 'completed', end.result, json);
    const { failed } = end.result.tally;
    if (failed > 0) say(`the failed lines once more: npx understudy batch retry ${id}`);
    return failed > 0 ? 1 : 0;
  }
  const { cause } = end.error;
  const description = await describeBatch(client, id);
  const { status } = memoIn(description);
  const hasBegun = status !== undefined && doneIn(status.tally) > 0;
  if (cause instanceof ApplicationFailure && cause.type === 'InvalidInput' && !hasBegun) {
    throw new UsageError(oneLine(cause.message, 1_000));
  }
  const state = description.status.name.toLowerCase();
  if (status) tellStatus(id, state, { ...status, pages: [] }, json);
  const why = cause instanceof ApplicationFailure ? `: ${oneLine(cause.message, 1_000)}` : '';
  say(`batch ${id} is ${state}${why}. What is not done: npx understudy batch retry ${id}`);
  return 1;
}

/** On standard output. */
export function tellStatus(id: string, state: string, status: BatchStatus, json: boolean): void {
  if (json) printJson({ id, state, ...status });
  else printed(batchSummary(id, state, status, screenOf(process.stdout)));
}
