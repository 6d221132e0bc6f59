import { setTimeout as delay } from 'node:timers/promises';
import { WorkflowFailedError, type Client } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { AnalysisStatus } from '../domain/analysis.js';
import { batchIdOf, type BatchStatus } from '../domain/batch.js';
import { memoIn, type BatchHandle } from './batch-handle.js';
import { batchProgress } from './batch-progress.js';
import { batchSummary } from './batch-summary.js';
import { interruption, INTERRUPTED } from './interrupt.js';
import { say } from './say.js';
import { UsageError } from './usage-error.js';

const ASK_EVERY_MS = 1_000;
const ANSWER_WITHIN_MS = 3_000;
const NO_WORKER_AFTER_MS = 3_000;
/** A text that is under way for less is hardly waiting. */
const MAY_WAIT_AFTER_MS = 3_000;
const ASKED_WHETHER_THEY_WAIT = 50;

/**
 * Shows how far a batch is until it ends, and what came of it. Ctrl-C leaves it running.
 * @returns the exit code
 */
export async function followBatch(client: Client, id: string, json: boolean): Promise<number> {
  const handle: BatchHandle = client.workflow.getHandle(batchIdOf(id));
  const progress = batchProgress();
  const ended = endOf(handle);
  const interrupted = interruption().then(() => INTERRUPTED);
  const startedAtMs = Date.now();
  let answered = false;
  try {
    for (;;) {
      const end = await Promise.race([ended, interrupted, delay(ASK_EVERY_MS, undefined, { ref: false })]);
      if (end === INTERRUPTED) {
        progress.stop();
        say(`interrupted; the batch goes on. Come back with: npx understudy batch watch ${id}`);
        return INTERRUPTED;
      }
      if (end) break;
      const status = await statusOf(handle);
      if (status) progress.show(status, await waitingAmong(client, status));
      else if (!answered && Date.now() - startedAtMs > NO_WORKER_AFTER_MS) {
        say('no worker answers yet; start one with: npx understudy worker');
        answered = true;
      }
      answered ||= status !== undefined;
    }
  } finally {
    progress.stop();
  }
  return tellEnd(id, handle, await ended, json);
}

/** @returns undefined while no worker answers; a question without an answer must not end the waiting */
export async function statusOf(handle: BatchHandle): Promise<BatchStatus | undefined> {
  const asked = handle.query<BatchStatus>('status').catch(() => undefined);
  return Promise.race([asked, delay(ANSWER_WITHIN_MS, undefined, { ref: false })]);
}

/** How many of the texts under way wait for a provider, judged by those that are under way for longest. */
export async function waitingAmong(client: Client, { running }: BatchStatus): Promise<number> {
  const old = running.filter(({ since }) => Date.now() - Date.parse(since) > MAY_WAIT_AFTER_MS);
  const asked = old.slice(0, ASKED_WHETHER_THEY_WAIT);
  const answers = await Promise.all(
    asked.map(({ workflowId }) => {
      const question = client.workflow.getHandle(workflowId).query<AnalysisStatus>('status');
      const answer = question.then(({ waitingFor }) => waitingFor !== undefined).catch(() => false);
      return Promise.race([answer, delay(ANSWER_WITHIN_MS, false, { ref: false })]);
    }),
  );
  const waiting = answers.filter(Boolean).length;
  return asked.length === 0 ? 0 : Math.round((waiting / asked.length) * old.length);
}

type End = { status: BatchStatus } | { error: WorkflowFailedError };

/** Waits for the end of a batch, however long and however often the server goes away meanwhile. */
async function endOf(handle: BatchHandle): Promise<End> {
  for (let told = false; ; told = true) {
    try {
      return { status: await handle.result() };
    } catch (error) {
      if (error instanceof WorkflowFailedError) return { error };
      if (!told)
        say(`the server does not answer; still trying (${error instanceof Error ? error.message : String(error)})`);
      await delay(ASK_EVERY_MS, undefined, { ref: false });
    }
  }
}

async function tellEnd(id: string, handle: BatchHandle, end: End, json: boolean): Promise<number> {
  if ('status' in end) {
    const { status } = end;
    process.stdout.write(
      json ? `${JSON.stringify({ id, ...status }, null, 2)}\n` : `${batchSummary(id, 'done', status)}\n`,
    );
    if (status.tally.failed > 0) say(`the failed lines once more: npx understudy batch retry ${id}`);
    return status.tally.failed > 0 ? 1 : 0;
  }
  const { cause } = end.error;
  if (cause instanceof ApplicationFailure && cause.type === 'InvalidInput') throw new UsageError(cause.message);
  const description = await handle.describe();
  const { status } = memoIn(description);
  const state = description.status.name.toLowerCase();
  if (status) process.stdout.write(`${batchSummary(id, state, { ...status, running: [] })}\n`);
  const why = cause instanceof ApplicationFailure ? `: ${cause.message}` : '';
  say(`batch ${id} is ${state}${why}. What is not done: npx understudy batch retry ${id}`);
  return 1;
}
