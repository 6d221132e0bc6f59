import { WorkflowNotFoundError, type Client, type WorkflowExecutionInfo } from '@temporalio/client';
import { outageIdOf } from '../../domain/failover/out-of-use.js';
import { outageStateIn } from '../../domain/outage/outage-memo.js';
import type { OutageState } from '../../domain/outage/outage.js';

/** @returns where the outage of a unit stands, without asking any worker; undefined when none is under way */
export async function outageStateOf(client: Client, unit: string): Promise<OutageState | undefined> {
  try {
    return underWayIn(await client.workflow.getHandle(outageIdOf(unit)).describe());
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}

/** @returns the outages that are under way, or watched after a blip, by unit */
export async function outagesUnderWay(client: Client): Promise<Map<string, OutageState>> {
  const states = new Map<string, OutageState>();
  for await (const info of client.workflow.list({ query: "WorkflowType = 'outage' AND ExecutionStatus = 'Running'" })) {
    const state = underWayIn(info);
    if (state) states.set(info.workflowId.replace(/^outage\//, ''), state);
  }
  return states;
}

function underWayIn({
  status,
  memo,
}: Pick<WorkflowExecutionInfo, 'status'> & { memo?: Record<string, unknown> | undefined }): OutageState | undefined {
  return status.name === 'RUNNING' ? outageStateIn(memo) : undefined;
}
