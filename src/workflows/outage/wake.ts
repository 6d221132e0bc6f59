import { getExternalWorkflowHandle, sleep } from '@temporalio/workflow';
import { reopenedSignal } from '../failover/messages.js';

/** Workflow ids of the runs that wait. */
export type Waiting = Set<string>;

/** Where the provider has no rate limit of its own. */
const USUAL_PER_SECOND = 50;
/** A little below the limit, for others call it too. */
const SHARE_OF_LIMIT = 0.9;
const STEPS_PER_SECOND = 10;

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
  const perStep = Math.max(1, Math.round(perSecond / STEPS_PER_SECOND));
  const stepMs = (perStep * 1_000) / perSecond;
  let woken = 0;
  const signals: Promise<void>[] = [];
  for (let nextAtMs = Date.now(); waiting.size > 0 && goesOn(); nextAtMs += stepMs) {
    const next = [...waiting].slice(0, perStep);
    for (const workflowId of next) waiting.delete(workflowId);
    woken += next.length;
    for (const workflowId of next) {
      const signal = getExternalWorkflowHandle(workflowId).signal(reopenedSignal, unit);
      signals.push(signal.catch(() => undefined)); // a run that ended meanwhile needs no waking
    }
    if (waiting.size > 0) await sleep(Math.max(1, nextAtMs + stepMs - Date.now()));
  }
  await Promise.all(signals);
  return woken;
}
