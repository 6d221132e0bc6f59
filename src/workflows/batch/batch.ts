import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  condition,
  defineQuery,
  makeContinueAsNewFunc,
  setCurrentDetails,
  setHandler,
  upsertMemo,
  workflowInfo,
} from '@temporalio/workflow';
import { batchInput, tasksOf, type BatchInput, type BatchStatus } from '../../domain/batch/batch.js';
import { batchState, type BatchState } from '../../domain/batch/batch-state.js';
import { countAll, doneIn, emptyTally } from '../../domain/batch/tally.js';
import { parsedCarried, parsedInput } from '../input/parsed-input.js';
import { isVersionSuperseded, TO_CURRENT_VERSION } from '../failover/move-on.js';
import { PlanOfMany } from '../failover/plan-of-many.js';
import { announceEnd } from '../notices/announce-many.js';
import { filesNowOn, filesOn } from './files.js';
import { pageReportSignal } from './messages.js';
import { openedBy } from './open.js';
import { Output } from './output.js';
import { Pages } from './pages.js';

/** Where a batch stands, at any time and after its end. */
const statusQuery = defineQuery<BatchStatus>('status');

/** Nobody tells a batch that a page was terminated which an earlier run of it had started. */
const LOOK_EVERY_MS = 3_600_000;

/** A history stays small enough to be replayed within a second; a page makes some fifty events. */
const LONG_HISTORY_EVENTS = 500;
const LONG_HISTORY_BYTES = 4 * 1024 * 1024;

/**
 * Analyzes every text of a file, each in a run of its own, page by page, and writes one line for each in the order of the
 * file.
 * @throws ApplicationFailure of type `InvalidInput` when there is something to mend first
 */
export async function batch(given: BatchInput, handedOn?: BatchState): Promise<BatchStatus> {
  const input = parsedInput(batchInput, given);
  const carried = parsedCarried(batchState, handedOn);
  const startedAt = carried?.startedAt ?? now();
  let known = carried;
  const early: unknown[] = []; // a signal may come before its handler can work
  let hear = (told: unknown): void => {
    early.push(told);
  };
  setHandler(pageReportSignal, (told) => {
    hear(told);
  });
  const status = (): BatchStatus => statusOf(input, startedAt, known);
  setHandler(statusQuery, status);
  const publish = (more: Partial<BatchStatus> = {}) => {
    const { pages: _, ...rest } = status();
    upsertMemo({ batch: { input, status: { ...rest, ...more } } });
    const where = rest.host === undefined ? '' : `; files on ${rest.host}`;
    setCurrentDetails(`${doneIn(rest.tally)} of ${rest.total ?? '?'} done, ${rest.tally.failed} failed${where}`);
  };

  if (!carried) publish();
  const plan = new PlanOfMany(tasksOf(input));
  const failed = async (error: unknown): Promise<never> => {
    publish({ endedAt: now() });
    await announceEnd('batch', plan, toldOf(status()), reasonOf(error));
    throw reasonOf(error);
  };
  const state = carried ?? (await begin(input, startedAt, plan).catch(failed));
  known = state;
  const { opened } = state;
  const files = filesOn(opened.queue);
  const output = new Output(state, files, publish);
  const pages = new Pages(input, state);
  hear = (told) => {
    pages.hear(told);
  };
  early.forEach(hear);
  publish();
  void output.write();
  let isOver: boolean;
  try {
    isOver = await run(pages, output);
    await output.all();
    throwFailure(pages, output);
    if (isOver) await files.closeOutput(opened, state.bytes, state.copied);
  } catch (error) {
    await CancellationScope.nonCancellable(async () => {
      await pages.cancel();
      while (!(await condition(() => state.open.length === 0, LOOK_EVERY_MS))) await pages.cancel();
      await output.all();
      const parts = [...state.copied, ...state.over.map(({ number }) => number)];
      await filesNowOn(opened.queue)
        .removeParts(opened, parts)
        .catch(() => undefined);
    });
    return failed(error);
  }
  if (!isOver) return makeContinueAsNewFunc<typeof batch>(TO_CURRENT_VERSION)(input, state);
  const endedAt = now();
  publish({ endedAt });
  await announceEnd('batch', plan, toldOf(status()));
  return { ...status(), endedAt };
}

/** @returns whether all is done; otherwise the history became long before the end */
async function run(pages: Pages, output: Output): Promise<boolean> {
  const isStopped = () => pages.failure !== undefined || output.failure !== undefined;
  for (;;) {
    const isNews = () => pages.next() !== undefined || pages.isOver() || isStopped() || isHistoryLong();
    if (!(await condition(isNews, LOOK_EVERY_MS))) await pages.look();
    if (pages.isOver() || isStopped()) return true;
    if (isHistoryLong()) return false;
    await pages.next()?.();
  }
}

function throwFailure(pages: Pages, output: Output): void {
  if (output.failure !== undefined) throw output.failure as Error;
  if (!pages.failure) return;
  const { type, message } = pages.failure;
  throw ApplicationFailure.nonRetryable(message, type);
}

async function begin(input: BatchInput, startedAt: string, plan: PlanOfMany): Promise<BatchState> {
  const { candidates, opened } = await looked().catch((error: unknown) => {
    throw reasonOf(error);
  });
  return {
    opened,
    startedAt,
    cursor: { offset: 0, line: 1 },
    pages: 0,
    open: [],
    over: [],
    nextInOutput: 0,
    copied: [],
    bytes: 0,
    tally: emptyTally(),
    leftUsd: input.maxCostUsd ?? 0,
    ...(candidates && { candidates }),
  };

  async function looked() {
    const candidates = input.maxCostUsd === undefined ? undefined : await plan.pricedCandidates();
    if (input.tasks) await plan.now(); // a task that nobody knows is told before the output is made
    return { candidates, opened: await openedBy(input) };
  }
}

function statusOf({ input, output, tasks }: BatchInput, startedAt: string, state: BatchState | undefined): BatchStatus {
  const tally = emptyTally();
  for (const each of state ? [state, ...state.over] : []) countAll(tally, each.tally);
  const what = { input, output, ...(tasks && { tasks }) };
  const about = { ...what, startedAt, tally, pages: state?.open.map(({ workflowId }) => workflowId) ?? [] };
  if (!state) return about;
  const { total, queue, host } = state.opened;
  return { ...about, total, filesQueue: queue, ...(host !== undefined && { host }) };
}

function isHistoryLong(): boolean {
  const { continueAsNewSuggested, historyLength, historySize } = workflowInfo();
  const isLong = historyLength > LONG_HISTORY_EVENTS || historySize > LONG_HISTORY_BYTES;
  return continueAsNewSuggested || isVersionSuperseded() || isLong;
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
