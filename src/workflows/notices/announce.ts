import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { ParentClosePolicy, startChild, WorkflowIdReusePolicy } from '@temporalio/workflow';
import { noticeWorkflowId, type Notice } from '../../domain/notices/notice.js';
import { tellsIn, type Tells } from '../../domain/telemetry/tells.js';
import type { notice as noticeWorkflow } from './notice.js';

/**
 * Has a notice sent, where somebody wants one, by a workflow of its own that outlives this one. One with the same id is sent
 * once.
 * @param tells of the plan: who wants to be told of what
 */
export async function announce(tells: Tells | undefined, notice: Notice): Promise<void> {
  if (!tellsIn(tells).notices.some((topic) => topic === notice.topic)) return;
  await send(notice);
}

/** As `announce`, where it is known already that somebody wants it. */
export async function send(notice: Notice): Promise<void> {
  try {
    await startChild<typeof noticeWorkflow>('notice', {
      workflowId: noticeWorkflowId(notice),
      args: [notice],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}
