import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  type Client,
  type WorkflowHandle,
} from '@temporalio/client';
import { outagesUnderWay } from '../../activities/outage/outage-handle.js';
import type { Analysis, AnalysisStatus, AnalyzeInput } from '../../domain/analyze/analysis.js';
import { ANALYZE_TASK_QUEUE } from '../../domain/task-queues.js';
import { textFailureIn, type TextFailure } from '../../domain/failover/text-failure.js';
import type { analyze } from '../../workflows/analyze/analyze.js';
import { follow, statusOf } from '../terminal/follow.js';
import { liveLine } from '../terminal/live-line.js';
import { progressTeller } from './progress.js';
import { say } from '../terminal/say.js';
import { screenOf } from '../terminal/screen.js';
import { UsageError } from '../terminal/errors.js';
import { DEFAULT_DEADLINE_MS, inputOf } from './run-input.js';
import { waitingTeller } from './waiting.js';

type Handle = WorkflowHandle<typeof analyze>;

/** A run that was started or joined. */
export interface Joined {
  client: Client;
  handle: Handle;
  /** Epoch milliseconds; undefined: none. */
  deadlineAtMs: number | undefined;
}

export interface FailedAnalysis
  extends Pick<Analysis, 'workflowId' | 'runId'>, Pick<TextFailure, 'attempts' | 'atMostUsd'> {
  error: Pick<TextFailure, 'type' | 'message'>;
}

/**
 * Starts a run, or joins the one that has this id, under way or ended.
 * @throws UsageError when the run of this id has another text
 */
export async function startAnalysis(client: Client, workflowId: string, input: AnalyzeInput): Promise<Joined> {
  try {
    const handle = await client.workflow.start<typeof analyze>('analyze', {
      taskQueue: ANALYZE_TASK_QUEUE,
      workflowId,
      args: [input],
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      staticSummary: `analyze ${input.text.length} characters`,
    });
    return { client, handle, deadlineAtMs: Date.now() + (input.deadlineMs ?? DEFAULT_DEADLINE_MS) };
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    const joined = await existingAnalysis(client, workflowId, input.text);
    say(`${workflowId} exists already; joining it`);
    return joined;
  }
}

/**
 * @param text what it is to be a run of; undefined: of whatever it is
 * @throws UsageError when there is no run of this id, it is no analysis, or one of another text
 */
export async function existingAnalysis(client: Client, workflowId: string, text?: string): Promise<Joined> {
  const handle = client.workflow.getHandle<typeof analyze>(workflowId);
  const { type } = await handle.describe().catch((error: unknown) => {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    throw new UsageError(`there is no run ${workflowId}; give its text, and it is started`);
  });
  if (type !== 'analyze') throw new UsageError(`${workflowId} is a run of ${type}, not of analyze`);
  const given = await inputOf(client, workflowId);
  if (text !== undefined && given !== undefined && given.text !== text) {
    throw new UsageError(`${workflowId} is a run of another text: choose another --id, or join it without a text`);
  }
  return { client, handle, deadlineAtMs: given?.deadlineAtMs };
}

/**
 * Waits for a run's end and tells on the way what happens in it.
 * @param left settles when nobody wants to wait any longer
 * @returns undefined when `left` was settled first
 */
export async function followAnalysis(
  { client, handle, deadlineAtMs }: Joined,
  left: Promise<unknown>,
): Promise<Analysis | FailedAnalysis | undefined> {
  const line = liveLine();
  const outages = () => outagesUnderWay(client);
  const tell = progressTeller(line.say, () => screenOf(process.stderr), outages);
  const wait = waitingTeller(line, outages, deadlineAtMs);
  const show = async (status: AnalysisStatus) => {
    await tell(status);
    await wait(status);
  };
  try {
    const end = await follow<typeof analyze, AnalysisStatus>(handle, { show, left });
    line.clear();
    if (!end) return undefined;
    const outcome =
      'result' in end ? end.result : await failedAnalysis(handle, textFailureIn(end.error.cause, end.error.message));
    await tell(outcome);
    return outcome;
  } finally {
    line.clear();
  }
}

/** A run that was cancelled or terminated ends without its trail; it still answers what it did. */
async function failedAnalysis(handle: Handle, failure: TextFailure): Promise<FailedAnalysis> {
  const { type, message, attempts, atMostUsd, trailLost } = failure;
  const { workflowId, runId } = await handle.describe();
  const told = trailLost ? await statusOf<AnalysisStatus>(handle) : undefined;
  return { workflowId, runId, error: { type, message }, attempts: told?.attempts ?? attempts, atMostUsd };
}
