import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { executeChild } from '@temporalio/workflow';
import type { Analysis } from '../../domain/analyze/analysis.js';
import type { BatchInput } from '../../domain/batch/batch.js';
import type { BatchItem } from '../../domain/batch/batch-page.js';
import { analyzedLine, failedLine, headOf, type ResultLine } from '../../domain/batch/result-line.js';
import type { Plan } from '../../domain/failover/plan.js';
import type { TextFailure } from '../../domain/failover/text-failure.js';
import type { analyze } from '../analyze/analyze.js';
import { behindPersons } from '../failover/plan-of-many.js';
import { toTextFailure } from '../failover/text-failure.js';
import { runsBefore } from './files.js';

export type TextItem = Extract<BatchItem, { text: string }>;

interface HowToRun {
  batchId: string;
  batch: BatchInput;
  filesQueue: string;
  plan: Plan;
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
  const outcome = await analysisOf(item, how).catch(defectIn);
  const failed = 'type' in outcome;
  return {
    line: failed ? failedLine(headOf(item), outcome) : analyzedLine(headOf(item), outcome),
    atMostUsd: outcome.atMostUsd,
    failed,
  };
}

async function analysisOf(item: TextItem, how: HowToRun): Promise<Analysis | TextFailure> {
  const { batchId, batch, plan, maxCostUsd } = how;
  const { deadlineMs, retry = false } = batch;
  const workflowId = `${batchId}/${item.line}-${item.hash}`; // a line that was mended is another run
  try {
    return await executeChild<typeof analyze>('analyze', {
      workflowId,
      args: [
        {
          text: item.text,
          plan,
          ...(maxCostUsd !== undefined && { maxCostUsd }),
          ...(deadlineMs !== undefined && { deadlineMs }),
        },
      ],
      parentClosePolicy: 'REQUEST_CANCEL',
      workflowIdReusePolicy: retry ? 'ALLOW_DUPLICATE_FAILED_ONLY' : 'ALLOW_DUPLICATE',
      priority: behindPersons(batchId),
      staticSummary: `line ${item.line}, ${item.text.length} characters`,
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) return toTextFailure(error);
    return runsBefore(how.filesQueue).awaitRun(workflowId).catch(toTextFailure);
  }
}

function defectIn(error: unknown): TextFailure {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  return { type: name, message, attempts: [], atMostUsd: null, trailLost: true };
}
