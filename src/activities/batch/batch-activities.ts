import { activityInfo, cancellationSignal } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import { z } from 'zod';
import type { Analysis } from '../../domain/analyze/analysis.js';
import { batchInput, type BatchInput } from '../../domain/batch/batch.js';
import {
  batchSource,
  cursor,
  opened,
  outputOffset,
  outputParts,
  type BatchSource,
  type Cursor,
  type Opened,
  type OutputPart,
  type Page,
} from '../../domain/batch/batch-page.js';
import type { TextFailure } from '../../domain/failover/text-failure.js';
import { cancellable } from '../heartbeat.js';
import { MAX_ID_CHARS } from '../../domain/input.js';
import { outcomeOf } from '../analyze/analysis-outcome.js';
import { rootedAt, type Root } from '../files/rooted.js';
import { parsedArgument } from '../input/parsed-arguments.js';
import { openBatch } from './open-batch.js';
import { pageReader } from './read-page.js';
import { closeOutput, writeParts } from './write-parts.js';

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

const workflowName = () =>
  z
    .string()
    .min(1)
    .max(2 * MAX_ID_CHARS);
const runName = () => workflowName().optional();

/** @param folder holds all inputs and outputs. Absolute. */
export function batchActivities(folder: string, client: Client): BatchActivities {
  const readPage = pageReader();
  const act = <T>(work: (root: Root) => Promise<T>) => cancellable(() => work(rootedAt(folder, cancellationSignal())));
  return {
    openBatch: (batch) =>
      act((root) => openBatch(root, parsedArgument(batchInput, batch), activityInfo().attempt === 1)),
    readPage: (source, from) =>
      act((root) => readPage(root, parsedArgument(batchSource, source), parsedArgument(cursor, from))),
    writeResults: (batch, offset, parts) =>
      act((root) =>
        writeParts(
          root,
          parsedArgument(opened, batch),
          parsedArgument(outputOffset, offset),
          parsedArgument(outputParts, parts),
        ),
      ),
    closeOutput: (batch, bytes) =>
      act((root) => closeOutput(root, parsedArgument(opened, batch), parsedArgument(outputOffset, bytes))),
    awaitAnalysis: (workflowId, runId) =>
      cancellable(() =>
        client.withAbortSignal(cancellationSignal(), () =>
          outcomeOf(client, parsedArgument(workflowName, workflowId), parsedArgument(runName, runId ?? undefined)),
        ),
      ),
  };
}
