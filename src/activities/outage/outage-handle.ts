import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { outageIdOf } from '../../domain/failover/out-of-use.js';
import { outageStateIn } from '../../domain/outage/outage-memo.js';
import type { OutageState } from '../../domain/outage/outage.js';
import { execution, executions, type Execution } from '../executions.js';

/** @returns where the outage of a unit stands, without asking any worker; undefined when none is under way */
export async function outageStateOf(client: Client, unit: string): Promise<OutageState | undefined> {
  try {
    return underWayIn(await execution(client, outageIdOf(unit)));
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}

/** @returns the outages that are under way, or watched after a blip, by unit */
export async function outagesUnderWay(client: Client): Promise<Map<string, OutageState>> {
  const states = new Map<string, OutageState>();
  for await (const info of executions(client, "WorkflowType = 'outage' AND ExecutionStatus = 'Running'")) {
    const state = underWayIn(info);
    if (state) states.set(info.workflowId.replace(/^outage\//, ''), state);
  }
  return states;
}

function underWayIn({ status, memo }: Execution): OutageState | undefined {
  return status.name === 'RUNNING' ? outageStateIn(memo) : undefined;
}
