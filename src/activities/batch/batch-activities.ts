import { constants } from 'node:fs';
import { open, rename, stat } from 'node:fs/promises';
import { activityInfo, cancellationSignal } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import type { Analysis } from '../../domain/analyze/analysis.js';
import type { BatchInput } from '../../domain/batch/batch.js';
import type { Cursor, Opened, OutputPart, Page, BatchSource } from '../../domain/batch/batch-page.js';
import type { TextFailure } from '../../domain/failover/text-failure.js';
import { cancellable } from '../heartbeat.js';
import { outcomeOf } from '../analyze/analysis-outcome.js';
import { openBatch } from './open-batch.js';
import { pageReader } from './read-page.js';
import { fileFailure } from '../files/file-failure.js';
import { invalidInput } from '../input/invalid-input.js';
import { writeAt } from './write-at.js';

export interface BatchActivities {
  openBatch(batch: BatchInput): Promise<Opened>;
  readPage(source: BatchSource, cursor: Cursor): Promise<Page>;
  /**
   * Writes at an offset of the output: doing it twice, or late, changes nothing.
   * @returns the offset behind it
   */
  writeResults(opened: Opened, offset: number, parts: OutputPart[]): Promise<number>;
  /** @param bytes of all results; the output of a retry takes the place of the results before it */
  closeOutput(opened: Opened, bytes: number): Promise<void>;
  /** Waits for a text that an earlier run of the batch started. */
  awaitAnalysis(workflowId: string, runId?: string): Promise<Analysis | TextFailure>;
}

/** @param root the folder that holds all inputs and outputs */
export function batchActivities(root: string, client: Client): BatchActivities {
  const readPage = pageReader(root);
  const act = <T>(work: () => Promise<T>) =>
    cancellable(work).catch((error: unknown) => {
      throw fileFailure(error);
    });
  return {
    openBatch: (batch) => act(() => openBatch(root, batch, activityInfo().attempt === 1)),
    readPage: (source, cursor) => act(() => readPage(source, cursor)),
    writeResults: ({ output, source }, offset, parts) => act(() => writeAt(output, offset, parts, source.previous)),
    closeOutput: (opened, bytes) => act(() => closeOutput(opened, bytes)),
    awaitAnalysis: (workflowId, runId) =>
      cancellable(() => client.withAbortSignal(cancellationSignal(), () => outcomeOf(client, workflowId, runId))),
  };
}

async function closeOutput({ output, source: { previous } }: Opened, bytes: number): Promise<void> {
  const closedBefore = previous !== undefined && (await stat(output).catch(() => undefined)) === undefined;
  if (closedBefore) return;
  const file = await open(output, constants.O_RDWR | constants.O_NOFOLLOW);
  try {
    if ((await file.stat()).size < bytes) throw invalidInput(`${output} was cut while the batch ran`);
    await file.truncate(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
  if (previous !== undefined) await rename(output, previous);
}
