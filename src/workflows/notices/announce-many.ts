import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  ContinueAsNew,
  isCancellation,
  workflowInfo,
} from '@temporalio/workflow';
import { manyNotice } from '../../domain/notices/many-notice.js';
import { oneLine } from '../../domain/text.js';
import type { PlanOfMany } from '../failover/plan-of-many.js';
import { announce } from './announce.js';

/** What was done until now. */
interface Done {
  done: number;
  failed: number;
  costUsd: number | null;
}

/**
 * Has the end of a batch, or of one run of a schedule, told to whoever wants to know. One that goes on as new tells nothing.
 * @param error what ended it; undefined: it came to its end
 */
export async function announceEnd(
  topic: 'batch' | 'schedule',
  plan: Pick<PlanOfMany, 'tells'>,
  done: Done,
  error?: unknown,
): Promise<void> {
  if (error instanceof ContinueAsNew) return;
  const { workflowId: id, firstExecutionRunId: runId } = workflowInfo();
  const ended = { ...done, id, runId, nowMs: Date.now(), ...(error !== undefined && { error: toldError(error) }) };
  await CancellationScope.nonCancellable(async () => announce(await plan.tells(), manyNotice(topic, ended)));
}

function toldError(error: unknown): { type: string; message: string } {
  if (isCancellation(error)) return { type: 'Cancelled', message: 'it was cancelled' };
  // An activity's failure says nothing itself: what made it fail is its cause.
  const cause = error instanceof ActivityFailure && error.cause ? error.cause : error;
  const type = cause instanceof ApplicationFailure ? (cause.type ?? 'Error') : 'Error';
  return { type, message: cause instanceof Error ? oneLine(cause.message) : '' };
}
