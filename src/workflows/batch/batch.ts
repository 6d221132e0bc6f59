import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  condition,
  continueAsNew,
  defineQuery,
  getExternalWorkflowHandle,
  isCancellation,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  upsertMemo,
  workflowInfo,
} from '@temporalio/workflow';
import type { BatchActivities } from '../../activities/batch/batch-activities.js';
import { FILES_TASK_QUEUE, MAX_CONCURRENCY, type BatchInput, type BatchStatus } from '../../domain/batch/batch.js';
import type { Cursor, Opened } from '../../domain/batch/batch-page.js';
import { doneIn, emptyTally } from '../../domain/batch/tally.js';
import type { TextUnderWay } from './batch-text.js';
import { fieldsOf, invalidInput, positive } from '../input/checked-input.js';
import { PlanOfMany } from '../failover/plan-of-many.js';
import { Window, type WindowState } from './batch-window.js';

/** Carried over when the history is cut. */
interface BatchState {
  opened: Opened;
  startedAt: string;
  /** Of the next page; absent when all were read. */
  cursor?: Cursor;
  window: WindowState;
}

/** Where a batch stands, at any time and after its end. */
const statusQuery = defineQuery<BatchStatus>('status');

/** A history stays small enough to be replayed within a second. */
const LONG_HISTORY_EVENTS = 4_000;
const LONG_HISTORY_BYTES = 4 * 1024 * 1024;

const files = proxyActivities<BatchActivities>({
  taskQueue: FILES_TASK_QUEUE,
  startToCloseTimeout: '2h',
  heartbeatTimeout: '8s',
  retry: { maximumInterval: '30s' }, // a full disk is waited for
});

/**
 * Analyzes every text of a file, a window of them at a time, each in a run of its own, and writes one line for each in
 * the order of the file.
 * @throws ApplicationFailure of type `InvalidInput` when there is something to mend first
 */
export async function batch(given: BatchInput, carried?: BatchState): Promise<BatchStatus> {
  const input = checked(given);
  const begun: { window?: Window; total?: number } = carried ? { total: carried.opened.total } : {};
  const startedAt = carried?.startedAt ?? new Date(Date.now()).toISOString();
  const status = (): BatchStatus => ({
    input: input.input,
    output: input.output,
    startedAt,
    ...(begun.total !== undefined && { total: begun.total }),
    tally: begun.window?.tally ?? emptyTally(),
    running: [...(begun.window?.underWay ?? [])].map(({ workflowId, sinceMs }) => ({
      workflowId,
      since: new Date(sinceMs).toISOString(),
    })),
  });
  setHandler(statusQuery, status);
  const tell = (more: Partial<BatchStatus> = {}) => {
    const { running, ...rest } = status();
    upsertMemo({ batch: { input, status: { ...rest, ...more } } });
    setCurrentDetails(
      `${doneIn(rest.tally)} of ${begun.total ?? '?'} done, ${rest.tally.failed} failed, ${running.length} under way`,
    );
  };

  if (!carried) tell();
  const plan = new PlanOfMany();
  const state = carried ?? (await begin(input, startedAt, plan));
  const { opened } = state;
  const window = new Window(input, state.window, files.awaitAnalysis, plan);
  Object.assign(begun, { window, total: opened.total });
  tell();

  const written = window.output.write(async (offset, parts) => {
    const end = await files.writeResults(opened, offset, parts);
    tell();
    return end;
  });

  let cursor: Cursor | undefined;
  try {
    cursor = await takePages(state, window);
    await condition(() => (cursor ? window.allStarted() : window.underWay.size === 0));
    await written.all();
    if (!cursor) await files.closeOutput(opened, window.output.state().bytes);
  } catch (error) {
    await CancellationScope.nonCancellable(async () => {
      if (isCancellation(error)) await cancelAll([...window.underWay]);
      await condition(() => window.underWay.size === 0);
      await written.all().catch(() => undefined); // when it is that which failed
    });
    tell({ endedAt: now() });
    throw reasonOf(error);
  }
  if (cursor) return continueAsNew<typeof batch>(input, { ...state, cursor, window: window.state() });
  const endedAt = now();
  tell({ endedAt });
  return { ...status(), endedAt };
}

/** Begins the texts of one page after the other. @returns where to go on when the history became long before the end */
async function takePages({ opened, cursor }: BatchState, window: Window): Promise<Cursor | undefined> {
  const read = (at: Cursor) => {
    const page = files.readPage(opened.source, at);
    page.catch(() => undefined); // it is awaited when the page before is begun
    return page;
  };
  let page = cursor && read(cursor);
  while (page) {
    const { items, next } = await page;
    page = next && !isHistoryLong() ? read(next) : undefined;
    for (const item of items) await window.take(item);
    if (next && !page) return next;
  }
  return undefined;
}

function isHistoryLong(): boolean {
  const { continueAsNewSuggested, historyLength, historySize } = workflowInfo();
  return continueAsNewSuggested || historyLength > LONG_HISTORY_EVENTS || historySize > LONG_HISTORY_BYTES;
}

/** Those of an earlier run of this batch too, which are not cancelled with it. */
async function cancelAll(texts: readonly TextUnderWay[]): Promise<void> {
  await Promise.allSettled(texts.map(({ workflowId, runId }) => getExternalWorkflowHandle(workflowId, runId).cancel()));
}

async function begin(input: BatchInput, startedAt: string, plan: PlanOfMany): Promise<BatchState> {
  const candidates = input.maxCostUsd === undefined ? undefined : await plan.pricedCandidates();
  const opened = await files.openBatch(input).catch((error: unknown) => {
    throw reasonOf(error);
  });
  const window = {
    tally: emptyTally(),
    output: { bytes: 0, next: 0, early: [] },
    begun: 0,
    underWay: [],
    spentUsd: 0,
    ...(candidates && { candidates }),
  };
  return { opened, startedAt, cursor: { offset: 0, line: 1 }, window };
}

function checked(input: BatchInput): BatchInput {
  const fields = fieldsOf(input);
  const { input: from, output, concurrency, maxCostUsd } = fields;
  if (typeof from !== 'string' || typeof output !== 'string') throw invalidInput('input, output: expected paths');
  if (!(Number.isInteger(concurrency) && Number(concurrency) >= 1 && Number(concurrency) <= MAX_CONCURRENCY)) {
    throw invalidInput(`concurrency: expected a whole number from 1 to ${MAX_CONCURRENCY}`);
  }
  positive(maxCostUsd, 'maxCostUsd', 'US dollars');
  return fields as BatchInput;
}

/** A run that fails says why itself, without the activity around it. */
function reasonOf(error: unknown): unknown {
  return error instanceof ActivityFailure && error.cause instanceof ApplicationFailure ? error.cause : error;
}

function now(): string {
  return new Date(Date.now()).toISOString();
}
