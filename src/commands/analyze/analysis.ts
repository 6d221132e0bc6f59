import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  type Client,
  type WorkflowHandle,
} from '@temporalio/client';
import { execution } from '../../activities/executions.js';
import { outagesUnderWay } from '../../activities/outage/outage-handle.js';
import type { Analysis, AnalysisStatus, AnalyzeInput } from '../../domain/analyze/analysis.js';
import type { AskInput } from '../../domain/ask/asked.js';
import { DEFAULT_DEADLINE_MS, type RunResult } from '../../domain/failover/run-input.js';
import { ANALYZE_TASK_QUEUE } from '../../domain/task-queues.js';
import { textFailureIn, type TextFailure } from '../../domain/failover/text-failure.js';
import { follow, statusOf } from '../terminal/follow.js';
import { liveLine } from '../terminal/live-line.js';
import { progressTeller } from './progress.js';
import { say } from '../terminal/say.js';
import { screenOf } from '../terminal/screen.js';
import { UsageError } from '../terminal/errors.js';
import { inputOf } from './run-input.js';
import { waitingTeller } from './waiting.js';

/** As a client sees either. */
type RunOf<R> = (input: AnalyzeInput | AskInput) => Promise<R>;

/** A run of `analyze` or `ask` that was started or joined. */
export interface Joined<R extends RunResult = Analysis> {
  client: Client;
  handle: WorkflowHandle<RunOf<R>>;
  /** Epoch milliseconds; undefined: none. */
  deadlineAtMs: number | undefined;
}

export interface FailedRun extends Pick<Analysis, 'workflowId' | 'runId'>, Pick<TextFailure, 'attempts' | 'atMostUsd'> {
  error: Pick<TextFailure, 'type' | 'message'>;
}

/** What a run is asked to do. */
interface Wanted {
  type: 'analyze' | 'ask';
  input: Parameters<RunOf<never>>[0];
  /** For the Web UI. */
  summary: string;
}

export function startAnalysis(client: Client, workflowId: string, input: AnalyzeInput): Promise<Joined> {
  return startRun<Analysis>(client, workflowId, {
    type: 'analyze',
    input,
    summary: `analyze ${input.text.length} characters`,
  });
}

/**
 * Starts a run, or joins the one that has this id, under way or ended.
 * @throws UsageError when the run of this id has another text
 */
export async function startRun<R extends RunResult>(
  client: Client,
  workflowId: string,
  { type, input, summary }: Wanted,
): Promise<Joined<R>> {
  try {
    const handle = await client.workflow.start<RunOf<R>>(type, {
      taskQueue: ANALYZE_TASK_QUEUE,
      workflowId,
      args: [input],
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      staticSummary: summary,
    });
    return { client, handle, deadlineAtMs: Date.now() + (input.deadlineMs ?? DEFAULT_DEADLINE_MS) };
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    const joined = await existingRun<R>(client, workflowId, type, input);
    say(`${workflowId} exists already; joining it`);
    return joined;
  }
}

/**
 * @param wanted what it is to be a run of; undefined: of whatever it is
 * @throws UsageError when there is no run of this id, it is of another type, task or text
 */
export async function existingRun<R extends RunResult>(
  client: Client,
  workflowId: string,
  wantedType: Wanted['type'],
  wanted?: Partial<Pick<AskInput, 'task' | 'text'>>,
): Promise<Joined<R>> {
  const handle = client.workflow.getHandle<RunOf<R>>(workflowId);
  const { type } = await execution(client, workflowId).catch((error: unknown) => {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    throw new UsageError(`there is no run ${workflowId}; give its text, and it is started`);
  });
  if (type !== wantedType) throw new UsageError(`${workflowId} is a run of ${type}, not of ${wantedType}`);
  const given = await inputOf(client, workflowId);
  if (given && wanted?.task !== undefined && given.task !== wanted.task) {
    throw new UsageError(`${workflowId} is a run of the task ${given.task ?? '?'}, not of ${wanted.task}`);
  }
  if (given && wanted?.text !== undefined && given.text !== wanted.text) {
    throw new UsageError(`${workflowId} is a run of another text: choose another --id, or join it without a text`);
  }
  return { client, handle, deadlineAtMs: given?.deadlineAtMs };
}

/**
 * Waits for a run's end and tells on the way what happens in it.
 * @param left settles when nobody wants to wait any longer
 * @returns undefined when `left` was settled first
 */
export async function followRun<R extends RunResult>(
  { client, handle, deadlineAtMs }: Joined<R>,
  left: Promise<unknown>,
): Promise<R | FailedRun | undefined> {
  const line = liveLine();
  const outages = () => outagesUnderWay(client);
  const tell = progressTeller(line.say, () => screenOf(process.stderr), outages);
  const wait = waitingTeller(line, outages, deadlineAtMs);
  const show = async (status: AnalysisStatus) => {
    await tell(status);
    await wait(status);
  };
  try {
    const end = await follow<RunOf<R>, AnalysisStatus>(handle, { show, left });
    line.clear();
    if (!end) return undefined;
    const outcome =
      'result' in end ? end.result : await failedRun(handle, textFailureIn(end.error.cause, end.error.message));
    await tell(outcome);
    return outcome;
  } finally {
    line.clear();
  }
}

/** A run that was cancelled or terminated ends without its trail; it still answers what it did. */
async function failedRun(handle: WorkflowHandle, failure: TextFailure): Promise<FailedRun> {
  const { type, message, attempts, atMostUsd, trailLost } = failure;
  const { workflowId, runId } = await handle.describe();
  const told = trailLost ? await statusOf<AnalysisStatus>(handle) : undefined;
  return { workflowId, runId, error: { type, message }, attempts: told?.attempts ?? attempts, atMostUsd };
}
