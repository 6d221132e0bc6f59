import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { startChild, workflowInfo } from '@temporalio/workflow';
import type { BatchActivities } from '../../activities/batch/batch-activities.js';
import type { Analysis, AnalyzeOneOfMany } from '../../domain/analyze/analysis.js';
import type { TextUnderWay } from '../../domain/batch/batch-state.js';
import type { TextFailure } from '../../domain/failover/text-failure.js';
import type { analyze } from '../analyze/analyze.js';
import { behindPersons } from '../failover/plan-of-many.js';
import { toTextFailure } from '../failover/text-failure.js';

interface HowToStart {
  input: AnalyzeOneOfMany;
  /** Takes the result of a run that was completed before. */
  rejoins: boolean;
  awaitAnalysis: BatchActivities['awaitAnalysis'];
}

/** Analyzes a text in a run of its own, which stays when the history of the batch is cut. */
export async function analyzeText(text: TextUnderWay, how: HowToStart): Promise<Analysis | TextFailure> {
  const { workflowId, head } = text;
  try {
    const child = await startChild<typeof analyze>('analyze', {
      workflowId,
      args: [how.input],
      parentClosePolicy: 'ABANDON', // the others apply at continue-as-new too
      workflowIdReusePolicy: how.rejoins ? 'ALLOW_DUPLICATE_FAILED_ONLY' : 'ALLOW_DUPLICATE',
      priority: behindPersons(workflowInfo().workflowId),
      staticSummary: `line ${head.line}, ${how.input.text.length} characters`,
    });
    text.started = true;
    text.runId = child.firstExecutionRunId;
    return await child.result();
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) return toTextFailure(error);
    text.started = true;
    return how.awaitAnalysis(workflowId).catch(toTextFailure);
  }
}
