import { getExternalWorkflowHandle, sleep } from '@temporalio/workflow';
import { reopenedSignal } from '../failover/messages.js';

/** Workflow ids of the runs that wait. */
export type Waiting = Set<string>;

/** Where the provider has no rate limit of its own. */
const USUAL_PER_SECOND = 50;
/** A little below the limit, for others call it too. */
const SHARE_OF_LIMIT = 0.9;
const STEP_MS = 100;
/** A server may fire a timer so much later: what fell due meanwhile is made up for, and no more. */
const LATE_BY_MS = 1_000;

/**
 * Wakes who waits, at the pace that the provider takes calls.
 * @param pace requests a second that the provider takes
 * @param goesOn whether the outage is still over, and there is room in this history
 * @returns how many were woken
 */
export async function wake(
  waiting: Waiting,
  unit: string,
  { goesOn, pace = USUAL_PER_SECOND }: { goesOn: () => boolean; pace: number | undefined },
): Promise<number> {
  const perSecond = pace * SHARE_OF_LIMIT;
  const stepMs = Math.max(STEP_MS, 1_000 / perSecond);
  let woken = 0;
  const signals: Promise<void>[] = [];
  for (let lastMs = Date.now() - stepMs; waiting.size > 0 && goesOn();) {
    const passedMs = Math.min(Date.now() - lastMs, stepMs + LATE_BY_MS);
    lastMs = Date.now();
    const next = [...waiting].slice(0, Math.max(1, Math.round((passedMs * perSecond) / 1_000)));
    for (const workflowId of next) {
      waiting.delete(workflowId);
      const signal = getExternalWorkflowHandle(workflowId).signal(reopenedSignal, unit);
      signals.push(signal.catch(() => undefined)); // a run that ended meanwhile needs no waking
    }
    woken += next.length;
    if (waiting.size > 0) await sleep(stepMs);
  }
  await Promise.all(signals);
  return woken;
}
