import { activityInfo, cancellationSignal } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import { z } from 'zod';
import { batchInput, type BatchInput } from '../../domain/batch/batch.js';
import {
  batchSource,
  cursor,
  opened,
  outputOffset,
  outputParts,
  pageNumber,
  pageNumbers,
  writtenPages,
  type BatchSource,
  type Cursor,
  type Elsewhere,
  type Opened,
  type OutputPart,
  type Page,
  type WrittenPage,
} from '../../domain/batch/batch-page.js';
import type { TextResult } from '../../domain/batch/result-line.js';
import type { TextFailure } from '../../domain/failover/text-failure.js';
import { cancellable } from '../heartbeat.js';
import { MAX_ID_CHARS } from '../../domain/input.js';
import { outcomeOf } from '../analyze/analysis-outcome.js';
import { rootedAt, type Root } from '../files/rooted.js';
import { parsedArgument } from '../input/parsed-arguments.js';
import { appendPages, type Appended } from './append-pages.js';
import { missingOf, openBatch } from './open-batch.js';
import { pageReader } from './read-page.js';
import { closeOutput, removeParts, writePart } from './write-parts.js';
import { WrittenLines } from './written-lines.js';

export interface BatchActivities {
  openBatch(batch: BatchInput): Promise<Opened | Elsewhere>;
  readPage(source: BatchSource, cursor: Cursor): Promise<Page>;
  /**
   * Writes lines of a page aside, at an offset: doing it twice, or late, changes nothing.
   * @returns the offset behind them
   */
  writePart(opened: Opened, page: number, offset: number, parts: OutputPart[]): Promise<number>;
  /**
   * Copies what was written aside to an offset of the output: doing it twice, or late, changes nothing.
   * @param copied pages whose parts are not needed any more
   * @returns the offset behind it, and what came of its lines
   */
  appendPages(opened: Opened, offset: number, pages: WrittenPage[], copied: number[]): Promise<Appended>;
  /** @param bytes of all results; the output of a retry takes the place of the results before it */
  closeOutput(opened: Opened, bytes: number, copied: number[]): Promise<void>;
  removeParts(opened: Opened, pages: number[]): Promise<void>;
  /** Waits for a run that was begun before. */
  awaitRun(workflowId: string): Promise<TextResult | TextFailure>;
}

interface Surroundings {
  /** Holds all inputs and outputs. Absolute. */
  folder: string;
  client: Client;
  /** The queue of those who see the same files, and whose they are. */
  queue: string;
  host?: string;
  /** Queues of the other hosts that serve files of their own. */
  otherHosts: () => Promise<string[]>;
}

const workflowName = () =>
  z
    .string()
    .min(1)
    .max(2 * MAX_ID_CHARS);

export function batchActivities({ folder, client, queue, host, otherHosts }: Surroundings): BatchActivities {
  const readPage = pageReader();
  const lines = new WrittenLines();
  const act = <T>(work: (root: Root) => Promise<T>) => cancellable(() => work(rootedAt(folder, cancellationSignal())));
  return {
    openBatch: (given) =>
      act(async (root) => {
        const batch = parsedArgument(batchInput, given);
        const problem = await missingOf(root, batch);
        const elsewhere = problem && (await otherHosts());
        if (elsewhere && elsewhere.length > 0) return { elsewhere, problem: problem.message };
        const { attempt, workflowExecution } = activityInfo();
        const opened = await openBatch(root, batch, attempt === 1);
        const tag = workflowExecution?.runId.slice(-TAG_CHARS) ?? 'run';
        const source = { ...opened.source, openedBy: tag };
        return { ...opened, source, queue, tag, ...(host !== undefined && { host }) };
      }),
    readPage: (source, from) =>
      act((root) => readPage(root, parsedArgument(batchSource, source), parsedArgument(cursor, from))),
    writePart: (batch, page, offset, parts) =>
      act((root) =>
        writePart(
          root,
          { opened: parsedArgument(opened, batch), page: parsedArgument(pageNumber, page) },
          parsedArgument(outputOffset, offset),
          parsedArgument(outputParts, parts),
        ),
      ),
    appendPages: (batch, offset, pages, copied) =>
      act(async (root) => {
        const into = parsedArgument(opened, batch);
        await removeParts(root, into, parsedArgument(pageNumbers, copied));
        const appended = parsedArgument(writtenPages, pages);
        return appendPages(root, into, parsedArgument(outputOffset, offset), appended, lines);
      }),
    closeOutput: (batch, bytes, copied) =>
      act(async (root) => {
        const which = parsedArgument(opened, batch);
        await closeOutput(root, which, parsedArgument(outputOffset, bytes));
        await removeParts(root, which, parsedArgument(pageNumbers, copied));
      }),
    removeParts: (batch, pages) =>
      act((root) => removeParts(root, parsedArgument(opened, batch), parsedArgument(pageNumbers, pages))),
    awaitRun: (workflowId) =>
      cancellable(() =>
        client.withAbortSignal(cancellationSignal(), () => outcomeOf(client, parsedArgument(workflowName, workflowId))),
      ),
  };
}

/** The random end of an id that begins with the time. */
const TAG_CHARS = 12;
