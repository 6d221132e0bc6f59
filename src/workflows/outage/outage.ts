import {
  condition,
  getExternalWorkflowHandle,
  makeContinueAsNewFunc,
  setCurrentDetails,
  setHandler,
  upsertMemo,
  workflowInfo,
} from '@temporalio/workflow';
import {
  afterProbe,
  afterReport,
  closedByHand,
  openingState,
  over,
  PROBE_TEXT,
  type OutageReport,
  type OutageState,
} from '../../domain/outage/outage.js';
import type { Failure } from '../../domain/failure.js';
import { via } from '../failover/ask-provider.js';
import { closeSignal, openSignal, providerFailedSignal, reopenedSignal, waitForSignal } from '../messages.js';
import { providerFailureIn } from '../failover/provider-failure.js';

/** What an outage was: the reason, who looked for its end and when, and how long it lasted. */
export interface OutageHistory {
  provider: string;
  cause: OutageState['cause'];
  message: string;
  /** ISO 8601 */
  since: string;
  lastedMs: number;
  probes: { at: string; answer: string }[];
}

/** Carried over when the history of a long outage is cut. */
interface Carried {
  state: OutageState;
  probes: OutageHistory['probes'];
  waiting: string[];
}

/** More would not fit one history; who is not in it finds out by its own, slow, timer. */
const MOST_WAITING = 5_000;
const MOST_PROBES_TOLD = 100;
/** Runs that come back together are spread over this much time each; a server fires timers to the second. */
const SPREAD_EACH_MS = 500;
const WIDEST_SPREAD_MS = 60_000;
const RELEASED_AT_ONCE = 50;

/**
 * One outage of one provider, for the whole fleet: `outage/<provider>`. Decides when the provider is out of use, is the
 * only one that asks it meanwhile, and wakes the runs that wait when it is back. Its history is the incident report.
 */
export async function outage(report: OutageReport, carried?: Carried): Promise<OutageHistory> {
  const { provider } = report;
  let state = carried?.state ?? openingState(report, Date.now());
  const probes = carried?.probes ?? [];
  const waiting = new Set(carried?.waiting);
  let current = report;
  let changes = 0;
  const isOver = () => state.phase === 'over';
  const become = (next: OutageState) => {
    if (next === state) return;
    state = next;
    changes += 1;
    tell(state);
  };
  setHandler(providerFailedSignal, (later) => {
    if (isOver()) current = later; // an outage of its own: of another task, it may be
    become(afterReport(state, later, Date.now()));
  });
  setHandler(closeSignal, (reason) => {
    become(closedByHand(reason, Date.now()));
  });
  setHandler(openSignal, () => {
    become(over(state));
  });
  setHandler(waitForSignal, (workflowId) => {
    if (waiting.size < MOST_WAITING) waiting.add(workflowId);
  });
  tell(state);

  do {
    while (!isOver()) {
      if (workflowInfo().continueAsNewSuggested) {
        const next = makeContinueAsNewFunc<typeof outage>({ memo: { outage: state } });
        await next(current, { state, probes, waiting: [...waiting] });
      }
      const seen = changes;
      const news = () => changes > seen || workflowInfo().continueAsNewSuggested;
      const dueInMs = state.dueAtMs === undefined ? undefined : Math.max(1, state.dueAtMs - Date.now());
      if (await (dueInMs === undefined ? condition(news).then(() => true) : condition(news, dueInMs))) continue;
      if (state.phase === 'limited') become(over(state));
      else {
        const askedAtMs = Date.now();
        const answer = await Promise.race([probe(current), condition(isOver)]); // opened by hand: who waits is released now
        if (!answer) continue;
        probes.push({ at: iso(Date.now()), answer: answer === 'ok' ? answer : `${answer.kind}: ${answer.message}` });
        if (probes.length > MOST_PROBES_TOLD) probes.splice(1, 1);
        become(afterProbe(state, answer === 'ok' ? undefined : answer, Date.now(), askedAtMs));
      }
    }
    await release(provider, waiting, isOver);
  } while (!isOver()); // it failed again, or was closed again, meanwhile
  const { cause, message, sinceMs } = state;
  return { provider, cause, message, since: iso(sinceMs), lastedMs: Date.now() - sinceMs, probes };
}

/** Workers read the memo: no worker has to be asked, and it outlives the workflow. */
function tell(state: OutageState): void {
  upsertMemo({ outage: state });
  const until = state.dueAtMs === undefined ? '' : `, next step at ${iso(state.dueAtMs)}`;
  setCurrentDetails(`${state.phase}: ${state.cause}: ${state.message}${until}`);
}

async function probe({ task, provider, timeoutMs }: OutageReport): Promise<Failure | 'ok'> {
  try {
    await via(task, { provider, timeoutMs, isUrgent: true })[task]({ text: PROBE_TEXT, probe: true });
    return 'ok';
  } catch (error) {
    const failure = providerFailureIn(error);
    if (failure === undefined) throw error;
    return failure;
  }
}

/** Wakes who waits, a few at a time, each told over how long to spread its return. */
async function release(provider: string, waiting: Set<string>, isOver: () => boolean): Promise<void> {
  const spreadMs = Math.min(waiting.size * SPREAD_EACH_MS, WIDEST_SPREAD_MS);
  while (waiting.size > 0 && isOver()) {
    const next = [...waiting].slice(0, RELEASED_AT_ONCE);
    for (const workflowId of next) waiting.delete(workflowId);
    const signals = next.map((workflowId) =>
      getExternalWorkflowHandle(workflowId).signal(reopenedSignal, provider, spreadMs),
    );
    await Promise.allSettled(signals); // a run that ended meanwhile needs no waking
  }
}

function iso(atMs: number): string {
  return new Date(atMs).toISOString();
}
