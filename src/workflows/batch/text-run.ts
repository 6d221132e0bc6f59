import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { executeChild, type ChildWorkflowOptions } from '@temporalio/workflow';
import type { AskAllOneOfMany, Asked, AskedAll, AskOneOfMany } from '../../domain/ask/asked.js';
import type { BatchInput } from '../../domain/batch/batch.js';
import type { BatchItem } from '../../domain/batch/batch-page.js';
import { answeredLine, failedLine, headOf, type ResultLine, type TextResult } from '../../domain/batch/result-line.js';
import type { TextFailure } from '../../domain/failover/text-failure.js';
import type { analyze } from '../analyze/analyze.js';
import { behindPersons, type PlanOfMany } from '../failover/plan-of-many.js';
import { toTextFailure } from '../failover/text-failure.js';
import { runsBefore } from './files.js';

export type TextItem = Extract<BatchItem, { text: string }>;

interface HowToRun {
  batchId: string;
  batch: BatchInput;
  filesQueue: string;
  plan: PlanOfMany;
  maxCostUsd: number | undefined;
}

/** What came of a run, and what it spent at most. US dollars; null when not known. */
export interface TextOutcome {
  line: ResultLine;
  atMostUsd: number | null;
  failed: boolean;
}

/** What the run of one text is: the only place that knows which workflow it is, and how its result becomes a line. */
export async function textRun(item: TextItem, how: HowToRun): Promise<TextOutcome> {
  const outcome = await resultOf(item, how).catch(defectIn);
  const failed = 'type' in outcome;
  return {
    line: failed ? failedLine(headOf(item), outcome) : answeredLine(headOf(item), outcome),
    atMostUsd: outcome.atMostUsd,
    failed,
  };
}

async function resultOf(item: TextItem, how: HowToRun): Promise<TextResult | TextFailure> {
  const { batchId, batch, maxCostUsd } = how;
  const { deadlineMs, retry = false, tasks } = batch;
  const workflowId = `${batchId}/${item.line}-${item.hash}`; // a line that was mended is another run
  try {
    const input = {
      text: item.text,
      plan: await how.plan.now(),
      ...(maxCostUsd !== undefined && { maxCostUsd }),
      ...(deadlineMs !== undefined && { deadlineMs }),
    };
    const options = {
      workflowId,
      parentClosePolicy: 'REQUEST_CANCEL',
      workflowIdReusePolicy: retry ? 'ALLOW_DUPLICATE_FAILED_ONLY' : 'ALLOW_DUPLICATE',
      priority: behindPersons(batchId),
      staticSummary: `line ${item.line}, ${item.text.length} characters`,
    } satisfies ChildWorkflowOptions;
    if (!tasks) return await executeChild<typeof analyze>('analyze', { ...options, args: [input] });
    const [task, ...others] = tasks;
    const asked = task !== undefined && others.length === 0 ? { task } : { tasks };
    return await executeChild<Ask>('ask', { ...options, args: [{ ...asked, ...input }] });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) return toTextFailure(error);
    return runsBefore(how.filesQueue).awaitRun(workflowId).catch(toTextFailure);
  }
}

/** The workflow `ask`, for one task or for several. */
type Ask = (input: AskOneOfMany | AskAllOneOfMany) => Promise<Asked | AskedAll>;

function defectIn(error: unknown): TextFailure {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  return { type: name, message, attempts: [], atMostUsd: null, trailLost: true };
}
