import type { Client } from '@temporalio/client';
import { executions } from '../activities/executions.js';
import { isObject, numberIn } from '../domain/parsed.js';

const MAX_BATCHES = 1_000;

/** How many texts the batches under way have, by what became of them. */
export async function batchesUnderWay(client: Client): Promise<Record<'total' | 'done' | 'failed', number>> {
  const texts = { total: 0, done: 0, failed: 0 };
  let batches = 0;
  for await (const { memo } of executions(client, "WorkflowType = 'batch' AND ExecutionStatus = 'Running'")) {
    if ((batches += 1) > MAX_BATCHES) break;
    const { status } = isObject(memo.batch) ? memo.batch : {};
    if (!isObject(status)) continue;
    const { tally, total } = status;
    const { succeeded, failed } = isObject(tally) ? tally : {};
    texts.total += counted(total);
    texts.failed += counted(failed);
    texts.done += counted(succeeded) + counted(failed);
  }
  return texts;
}

function counted(value: unknown): number {
  return numberIn(value, 0, Number.MAX_SAFE_INTEGER) ?? 0;
}
