import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  condition,
  defineQuery,
  getExternalWorkflowHandle,
  isCancellation,
  makeContinueAsNewFunc,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  upsertMemo,
  workflowInfo,
} from '@temporalio/workflow';
import type { BatchActivities } from '../../activities/batch/batch-activities.js';
import { ANALYZE_TASKS, type AnalyzeTask } from '../../domain/analyze/analysis.js';
import { batchInput, FILES_TASK_QUEUE, type BatchInput, type BatchStatus } from '../../domain/batch/batch.js';
import type { Cursor } from '../../domain/batch/batch-page.js';
import { batchState, type BatchState, type TextUnderWay } from '../../domain/batch/batch-state.js';
import { doneIn, emptyTally } from '../../domain/batch/tally.js';
import { invalidInput } from '../input/checked-input.js';
import { parsedCarried, parsedInput } from '../input/parsed-input.js';
import { isVersionSuperseded, TO_CURRENT_VERSION } from '../failover/move-on.js';
import { PlanOfMany } from '../failover/plan-of-many.js';
import { announceEnd } from '../notices/announce-many.js';
import { Window } from './batch-window.js';

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
export async function batch(given: BatchInput, handedOn?: BatchState): Promise<BatchStatus> {
  const input = parsedInput(batchInput, given);
  const carried = parsedState(handedOn);
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
  const plan = new PlanOfMany(ANALYZE_TASKS);
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
    await announceEnd('batch', plan, toldOf(status()), reasonOf(error));
    throw reasonOf(error);
  }
  if (cursor)
    return makeContinueAsNewFunc<typeof batch>(TO_CURRENT_VERSION)(input, { ...state, cursor, window: window.state() });
  const endedAt = now();
  tell({ endedAt });
  await announceEnd('batch', plan, toldOf(status()));
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
  const isLong = historyLength > LONG_HISTORY_EVENTS || historySize > LONG_HISTORY_BYTES;
  return continueAsNewSuggested || isVersionSuperseded() || isLong;
}

/** Those of an earlier run of this batch too, which are not cancelled with it. */
async function cancelAll(texts: readonly TextUnderWay[]): Promise<void> {
  await Promise.allSettled(texts.map(({ workflowId, runId }) => getExternalWorkflowHandle(workflowId, runId).cancel()));
}

async function begin(input: BatchInput, startedAt: string, plan: PlanOfMany<AnalyzeTask>): Promise<BatchState> {
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

/** @throws ApplicationFailure of type `InvalidInput` where a text under way is none of this batch */
function parsedState(carried: unknown): BatchState | undefined {
  const state = parsedCarried(batchState, carried);
  const { workflowId: batchId, continuedFromExecutionRunId } = workflowInfo();
  if (continuedFromExecutionRunId === undefined) return state; // a history of before clients were refused
  const ours = `${batchId}/`;
  const foreign = state?.window.underWay.find(({ workflowId }) => !workflowId.startsWith(ours));
  if (foreign) throw invalidInput(`${foreign.workflowId} is no text of this batch`);
  return state;
}

function toldOf({ tally }: BatchStatus) {
  return { done: doneIn(tally), failed: tally.failed, costUsd: tally.costUsd };
}

/** A run that fails says why itself, without the activity around it. */
function reasonOf(error: unknown): unknown {
  return error instanceof ActivityFailure && error.cause instanceof ApplicationFailure ? error.cause : error;
}

function now(): string {
  return new Date(Date.now()).toISOString();
}
