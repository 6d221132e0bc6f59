import { createHash } from 'node:crypto';
import { basename, extname } from 'node:path';
import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  type Client,
  type WorkflowHandle,
} from '@temporalio/client';
import { execution, type Execution } from '../../activities/executions.js';
import { batchIdOf, type BatchInput, type BatchMemo } from '../../domain/batch/batch.js';
import { batchMemoIn } from '../../domain/batch/batch-memo.js';
import { oneLine } from '../../domain/text.js';
import { ANALYZE_TASK_QUEUE } from '../../domain/task-queues.js';
import type { batch } from '../../workflows/batch/batch.js';
import { say } from '../terminal/say.js';
import { UsageError } from '../terminal/errors.js';

export type BatchHandle = WorkflowHandle<typeof batch>;

/** The same file with the same output has the same id, so that starting it again joins it. */
export function defaultBatchId({ input, output, tasks }: BatchInput): string {
  const name = basename(input, extname(input))
    .replace(/[^\w.-]+/g, '-')
    .slice(0, 40);
  return `${name}-${createHash('sha256')
    .update([input, output, ...(tasks ?? [])].join('\0'))
    .digest('hex')
    .slice(0, 8)}`;
}

/**
 * Starts a batch, or joins the one that has this id and is running.
 * @param completed what to do with one that is completed
 * @throws UsageError when the batch of this id is about another file
 */
export async function startBatch(
  client: Client,
  id: string,
  input: BatchInput,
  completed: 'join' | 'begin anew',
): Promise<BatchHandle> {
  const workflowId = batchIdOf(id);
  try {
    return await client.workflow.start<typeof batch>('batch', {
      taskQueue: ANALYZE_TASK_QUEUE,
      workflowId,
      args: [input],
      workflowIdReusePolicy: completed === 'join' ? 'ALLOW_DUPLICATE_FAILED_ONLY' : 'ALLOW_DUPLICATE',
      memo: { batch: { input } },
      staticSummary: oneLine(`batch of ${input.input}`, 120),
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    const theirs = inputOf(await execution(client, workflowId));
    if (theirs.input !== input.input || theirs.output !== input.output) {
      throw new UsageError(
        `batch ${id} exists, and is of ${oneLine(theirs.input)} to ${oneLine(theirs.output)}; use another --id`,
      );
    }
    if (String(theirs.tasks) !== String(input.tasks)) {
      const what = theirs.tasks === undefined ? 'analyses' : `--task ${theirs.tasks.join(',')}`;
      throw new UsageError(`batch ${id} exists, and is one of ${what}; use another --id`);
    }
    say(`batch ${id} exists already; joining it`);
    return client.workflow.getHandle<typeof batch>(workflowId);
  }
}

/** @throws UsageError when there is no such batch */
export async function describeBatch(client: Client, id: string): Promise<Execution> {
  const description = await execution(client, batchIdOf(id)).catch((error: unknown) => {
    throw error instanceof WorkflowNotFoundError ? unknownBatch(id) : error;
  });
  if (description.type !== 'batch') throw unknownBatch(id);
  return description;
}

/** @returns nothing for a batch that another client started, before a worker has taken it */
export function memoIn({ memo }: Pick<Execution, 'memo'>): Partial<BatchMemo> {
  return batchMemoIn(memo);
}

/** @throws UsageError when nobody has told it yet */
export function inputOf(description: Pick<Execution, 'memo' | 'workflowId'>): BatchInput {
  const { input } = memoIn(description);
  if (input) return input;
  throw new UsageError(`${description.workflowId} waits for a worker; start one with: npx understudy worker`);
}

function unknownBatch(id: string): UsageError {
  return new UsageError(`there is no batch ${id} (npx understudy batch list shows those that are)`);
}
