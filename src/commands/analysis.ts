import { setTimeout as delay } from 'node:timers/promises';
import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowFailedError,
  type Client,
  type WorkflowHandle,
} from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { Analysis, AnalysisStatus, AnalyzeInput, Attempt } from '../domain/analysis.js';
import { ANALYZE_TASK_QUEUE } from '../domain/plan.js';
import type { analyze } from '../workflows/analyze.js';
import { progressTeller } from './progress.js';

type Say = (line: string) => void;
type Handle = WorkflowHandle<typeof analyze>;

export interface FailedAnalysis {
  workflowId: string;
  runId: string;
  error: { type: string; message: string };
  attempts: Attempt[];
}

const ASK_EVERY_MS = 500;
const NO_WORKER_AFTER_MS = 3_000;
/** Without a worker, a server keeps a question waiting for 10 s, and the SDK asks again. */
const STATUS_LIMIT_MS = 1_500;

/** Starts a run, or joins the one that has this id, under way or ended. */
export async function startAnalysis(
  client: Client,
  workflowId: string,
  input: AnalyzeInput,
  say: Say,
): Promise<Handle> {
  try {
    return await client.workflow.start<typeof analyze>('analyze', {
      taskQueue: ANALYZE_TASK_QUEUE,
      workflowId,
      args: [input],
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      staticSummary: `analyze ${input.text.length} characters`,
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    say(`${workflowId} exists already; joining it`);
    return client.workflow.getHandle<typeof analyze>(workflowId);
  }
}

/** Waits for a run's end and tells on the way what happens in it. */
export async function followAnalysis(handle: Handle, say: Say): Promise<Analysis | FailedAnalysis> {
  const tell = progressTeller(say);
  const ended = outcomeOf(handle);
  ended.catch(() => undefined); // after an interruption nobody waits for it
  const startedAtMs = Date.now();
  let answered = false;
  for (;;) {
    const outcome = await Promise.race([ended, delay(ASK_EVERY_MS, undefined, { ref: false })]);
    if (outcome) {
      tell(outcome);
      return outcome;
    }
    const status = await statusOf(handle);
    if (status) tell(status);
    else if (!answered && Date.now() - startedAtMs > NO_WORKER_AFTER_MS) {
      say('no worker answers yet; start one with: npx understudy worker');
      answered = true;
    }
    answered ||= status !== undefined;
  }
}

async function outcomeOf(handle: Handle): Promise<Analysis | FailedAnalysis> {
  try {
    return await handle.result();
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    const { cause } = error;
    const { workflowId, runId } = await handle.describe();
    if (!(cause instanceof ApplicationFailure)) {
      return { workflowId, runId, error: { type: cause?.name ?? 'Failed', message: error.message }, attempts: [] };
    }
    const [details] = (cause.details ?? []) as [{ attempts?: Attempt[] }?];
    const { type, message } = cause;
    return { workflowId, runId, error: { type: type ?? 'Failed', message }, attempts: details?.attempts ?? [] };
  }
}

/** @returns undefined while no worker answers; a question without an answer must not end the waiting */
async function statusOf(handle: Handle): Promise<AnalysisStatus | undefined> {
  const { connection } = handle.client;
  return connection
    .withDeadline(Date.now() + STATUS_LIMIT_MS, () => handle.query<AnalysisStatus>('status'))
    .catch(() => undefined);
}

/** Prints an ended run: two lines, or all of it as JSON. @returns the exit code */
export function printOutcome(outcome: Analysis | FailedAnalysis, json: boolean, say: Say): number {
  const failed = 'error' in outcome;
  if (json) process.stdout.write(`${JSON.stringify(outcome, null, 2)}\n`);
  else if (failed) say(`the analysis failed: ${outcome.error.type}: ${outcome.error.message}`);
  else {
    const { label, score } = outcome.sentiment;
    process.stdout.write(`Summary: ${outcome.summary}\nSentiment: ${label} (${score.toFixed(2)})\n`);
    if (outcome.degraded) {
      say(
        'answered by the local provider, which is less precise; set OPENAI_API_KEY and HF_API_TOKEN for the real ones',
      );
    }
  }
  return failed ? 1 : 0;
}
