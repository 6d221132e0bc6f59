import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  type Client,
  type WorkflowHandle,
} from '@temporalio/client';
import type { Analysis, AnalysisStatus, AnalyzeInput } from '../../domain/analyze/analysis.js';
import { ANALYZE_TASK_QUEUE } from '../../domain/task-queues.js';
import { textFailureIn, type TextFailure } from '../../domain/failover/text-failure.js';
import type { analyze } from '../../workflows/analyze/analyze.js';
import { follow, statusOf } from '../terminal/follow.js';
import { progressTeller } from './progress.js';
import { say } from '../terminal/say.js';
import { UsageError } from '../terminal/errors.js';

type Handle = WorkflowHandle<typeof analyze>;

interface FailedAnalysis extends Pick<Analysis, 'workflowId' | 'runId'>, Pick<TextFailure, 'attempts'> {
  error: Pick<TextFailure, 'type' | 'message'>;
}

/** Starts a run, or joins the one that has this id, under way or ended. */
export async function startAnalysis(client: Client, workflowId: string, input: AnalyzeInput): Promise<Handle> {
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
    const handle = await existingAnalysis(client, workflowId);
    say(`${workflowId} exists already; joining it`);
    return handle;
  }
}

/** @throws UsageError when there is no run of this id, or it is no analysis */
export async function existingAnalysis(client: Client, workflowId: string): Promise<Handle> {
  const handle = client.workflow.getHandle<typeof analyze>(workflowId);
  const { type } = await handle.describe().catch((error: unknown) => {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    throw new UsageError(`there is no run ${workflowId}; give its text, and it is started`);
  });
  if (type === 'analyze') return handle;
  throw new UsageError(`${workflowId} is a run of ${type}, not of analyze`);
}

/**
 * Waits for a run's end and tells on the way what happens in it.
 * @param left settles when nobody wants to wait any longer
 * @returns undefined when `left` was settled first
 */
export async function followAnalysis(
  handle: Handle,
  left: Promise<unknown>,
): Promise<Analysis | FailedAnalysis | undefined> {
  const show = progressTeller();
  const end = await follow<typeof analyze, AnalysisStatus>(handle, { show, left });
  if (!end) return undefined;
  const outcome =
    'result' in end ? end.result : await failedAnalysis(handle, textFailureIn(end.error.cause, end.error.message));
  show(outcome);
  return outcome;
}

/** A run that was cancelled or terminated ends without its trail; it still answers what it did. */
async function failedAnalysis(handle: Handle, failure: TextFailure): Promise<FailedAnalysis> {
  const { type, message, attempts, trailLost } = failure;
  const { workflowId, runId } = await handle.describe();
  const told = trailLost ? await statusOf<AnalysisStatus>(handle) : undefined;
  return { workflowId, runId, error: { type, message }, attempts: told?.attempts ?? attempts };
}

/** Prints an ended run: two lines, or all of it as JSON. @returns the exit code */
export function printOutcome(outcome: Analysis | FailedAnalysis, json: boolean): number {
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
