import {
  ApplicationFailure,
  CancellationScope,
  condition,
  ContinueAsNew,
  isCancellation,
  log,
  makeContinueAsNewFunc,
  patched,
  setCurrentDetails,
  setHandler,
  upsertMemo,
  workflowInfo,
} from '@temporalio/workflow';
import { totalCostUsd } from '../../domain/attempt.js';
import { outageReportIn, type OutageReport } from '../../domain/outage/outage-report.js';
import {
  afterItsTime,
  afterProbe,
  afterReport,
  BLIPS_COUNT_MS,
  dueAtMs,
  enabled,
  held,
  openingState,
  over,
  type OutageState,
} from '../../domain/outage/outage.js';
import { numberIn, textIn } from '../../domain/parsed.js';
import { waitForSignal } from '../failover/messages.js';
import { OutageTelling } from '../telemetry/outage-telling.js';
import { isVersionSuperseded, TO_CURRENT_VERSION } from '../failover/move-on.js';
import { callsSavedSignal, closeSignal, openSignal, providerFailedSignal } from './messages.js';
import { probe, type Probed } from './probe.js';
import { wake, type Waiting } from './wake.js';

/** What an outage was: the reason, who looked for its end and when, what that cost, and how long it lasted. */
export interface OutageHistory {
  /** A model as `provider/model`, or a whole provider. */
  unit: string;
  provider: string;
  cause: OutageState['cause'];
  message: string;
  /** Identity of the worker that saw it first. */
  seenBy: string;
  /** ISO 8601 */
  since: string;
  lastedMs: number;
  /** Calls that looked for the provider's return; the first, and the latest of many. */
  probes: { at: string; answer: string }[];
  probesMade: number;
  /** US dollars; null where one has no known price. */
  probesCostUsd: number | null;
  /** Runs that waited for its end. */
  runsThatWaited: number;
  /** Calls that were not made because of it, as far as workers told in time. */
  callsSaved: number;
}

/** Carried over when the history of a long outage is cut. */
interface Carried {
  state: OutageState;
  /** What failed, each probed as itself. */
  failing: OutageReport[];
  blipsAtMs: number[];
  waiting: string[];
  told: Omit<OutageHistory, 'unit' | 'provider' | 'cause' | 'message' | 'since' | 'lastedMs'>;
  /** When the outage began whose opening was told in a notice. */
  announcedSinceMs?: number | undefined;
}

const MAX_PROBES_TOLD = 100;
/** In a fleet of several versions one worker that does not know a task is chance. */
const UNKNOWN_IN_A_ROW = 3;
const MAX_REASON_CHARS = 300;
const MAX_CALLS_SAVED = 1e9;
const MAX_WORKFLOW_ID_CHARS = 1_000;
const LONG_HISTORY_EVENTS = 4_000;

/**
 * One outage of a model or of a provider, for the whole fleet: `outage/<provider>/<model>` or `outage/<provider>`.
 * Decides when it is out of use, is the only one that asks it meanwhile, and wakes the runs that wait when it is back.
 * Its history is the incident report.
 * @throws ApplicationFailure of type `InvalidInput` for an input that is no report
 */
export async function outage(given: OutageReport, carried?: Carried): Promise<OutageHistory> {
  const first = outageReportIn(given);
  if (first === undefined)
    throw ApplicationFailure.nonRetryable('expected the report of a failed provider', 'InvalidInput');
  const { provider } = first;
  const unit = workflowInfo().workflowId.replace(/^outage\//, '');
  const isContinued = workflowInfo().continuedFromExecutionRunId !== undefined;
  const firstStepMs = Date.now();
  // What came with its start counts from then: its first step may be later.
  const heardMs = () => (Date.now() > firstStepMs || isContinued ? Date.now() : workflowInfo().startTime.getTime());
  const own = isContinued && carried ? carried : newly(first, heardMs());
  const told = { ...own.told, callsSaved: numberIn(own.told.callsSaved, 0, MAX_CALLS_SAVED) ?? 0 };
  const telling = new OutageTelling(unit, first.announces === true, own.announcedSinceMs);
  let { state, failing, blipsAtMs } = own;
  const waiting: Waiting = new Set(own.waiting);
  /** Probes in a row that no worker knew, by what was asked: whoever reports it anew has called it, so it counts anew. */
  const unknown = new Map<OutageReport, number>();
  let changes = 0;
  const isOver = () => state.phase === 'over';
  const blips = () => blipsAtMs.filter((atMs) => Date.now() - atMs < BLIPS_COUNT_MS).length;
  const become = (next: OutageState) => {
    if (next === state) return;
    if (state.phase === 'suspected' && next.phase === 'over') blipsAtMs = [...blipsAtMs.slice(-9), Date.now()];
    // Who waits for this outage is woken, and counted, only after its end; `told` is of all that this workflow saw.
    telling.became(state, next, { ...told, runsThatWaited: waiting.size });
    state = next;
    changes += 1;
    publish(state);
  };
  setHandler(providerFailedSignal, (value) => {
    const report = outageReportIn(value);
    if (report === undefined) {
      ignored('providerFailed');
      return;
    }
    failing = [
      report,
      ...failing.filter(({ task, model }) => !isOver() && (task !== report.task || model !== report.model)),
    ];
    become(afterReport(state, report, heardMs()));
  });
  setHandler(closeSignal, (reason) => {
    become(held(textIn(reason, MAX_REASON_CHARS) ?? 'no reason given', Date.now()));
  });
  setHandler(openSignal, () => {
    become(enabled(state, Date.now()));
  });
  setHandler(waitForSignal, (workflowId) => {
    const id = textIn(workflowId, MAX_WORKFLOW_ID_CHARS);
    if (id === undefined) ignored('waitFor');
    else waiting.add(id);
  });
  setHandler(callsSavedSignal, (count) => {
    told.callsSaved += numberIn(count, 1, MAX_CALLS_SAVED) ?? 0;
  });
  publish(state);
  if (own !== carried) telling.became(undefined, state, told);

  const history = (): OutageHistory => {
    const { cause, message, sinceMs } = state;
    return { unit, provider, cause, message, since: iso(sinceMs), lastedMs: Date.now() - sinceMs, ...told };
  };
  const pace = failing.find(({ requestsPerSecond }) => requestsPerSecond !== undefined)?.requestsPerSecond;
  try {
    for (;;) {
      if (isHistoryLong()) {
        const next = makeContinueAsNewFunc<typeof outage>({ ...TO_CURRENT_VERSION, memo: { outage: state } });
        await telling.settled();
        const { announcedSinceMs } = telling;
        await next(first, { state, failing, blipsAtMs, waiting: [...waiting], told, announcedSinceMs });
      }
      if (isOver() && waiting.size > 0) {
        told.runsThatWaited += await wake(waiting, unit, { goesOn: () => isOver() && !isHistoryLong(), pace });
        continue;
      }
      const seen = changes;
      if (isOver() && Date.now() >= (dueAtMs(state) ?? 0)) {
        await telling.settled();
        // What it hears while its notices leave is heard: nobody else will.
        if (changes === seen && waiting.size === 0) return finished();
        continue;
      }
      const dueMs = dueAtMs(state);
      const news = () => changes > seen || (isOver() && waiting.size > 0) || isHistoryLong();
      if (dueMs === undefined) await condition(news);
      else if (!(await condition(news, Math.max(1, dueMs - Date.now())))) {
        if (state.phase === 'suspected' || state.phase === 'closed') await look();
        else if (!isOver()) become(afterItsTime(state, Date.now()));
      }
    }
  } catch (error) {
    if (error instanceof ContinueAsNew) throw error; // it goes on, and who waits goes on waiting
    // However it ends, who waits is not left behind; the provider is in use again unless it fails again.
    await CancellationScope.nonCancellable(async () => {
      become(over(state, Date.now()));
      do {
        told.runsThatWaited += await wake(waiting, unit, { goesOn: () => true, pace });
        await telling.settled();
      } while (waiting.size > 0);
    });
    if (isCancellation(error)) return finished();
    throw error;
  }

  /** What it was is in the memo too, for lists of past ones. */
  function finished(): OutageHistory {
    if (first?.announces !== undefined) upsertMemo({ outage: state, report: history() });
    return history();
  }

  /** Asks what failed, one after the other, for as long as it answers. */
  async function look(): Promise<void> {
    for (const each of [...failing]) {
      const isDecisive = state.phase === 'suspected';
      const askedAtMs = Date.now();
      const seen = changes;
      const limitMs = isDecisive ? each.probeMs : each.timeoutMs;
      const probing = new CancellationScope();
      const answer = await Promise.race([
        probing.run(() => probe(each, limitMs)),
        condition(() => isOver() || (state.phase === 'held' && changes > seen)),
      ]);
      if (answer === undefined) {
        probing.cancel(); // decided by hand meanwhile: it may still lie in the queue
        return;
      }
      noteProbe(answer);
      // What is gone can never answer, and holds up all other tasks no longer; a wrong guess costs a call.
      const failure = isGone(each, answer) ? undefined : answer.failure;
      const last = failing.length === 1 || failure !== undefined;
      if (last) {
        become(afterProbe(state, failure, { nowMs: Date.now(), askedAtMs, blips: blips(), worker: answer.worker }));
        return;
      }
      failing = failing.filter((other) => other !== each);
    }
  }

  /** Whether what failed is in no worker's configuration any more. */
  function isGone(report: OutageReport, { isUnknown }: Probed): boolean {
    const inARow = isUnknown ? (unknown.get(report) ?? 0) + 1 : 0;
    unknown.set(report, inARow);
    return inARow >= UNKNOWN_IN_A_ROW && patched('what no worker knows is not asked for ever');
  }

  function noteProbe({ failure, attempts }: Probed): void {
    told.probes.push({ at: iso(Date.now()), answer: failure ? `${failure.kind}: ${failure.message}` : 'ok' });
    if (told.probes.length > MAX_PROBES_TOLD) told.probes.splice(1, 1);
    told.probesMade += 1;
    const costUsd = totalCostUsd(attempts);
    told.probesCostUsd = told.probesCostUsd === null || costUsd === null ? null : told.probesCostUsd + costUsd;
  }
}

function newly(report: OutageReport, nowMs: number): Carried {
  const told = { probes: [], probesMade: 0, probesCostUsd: 0, runsThatWaited: 0, callsSaved: 0, seenBy: report.worker };
  return { state: openingState(report, nowMs), failing: [report], blipsAtMs: [], waiting: [], told };
}

/** Workers and commands read the memo: no worker has to be asked, and it outlives the workflow. */
function publish(state: OutageState): void {
  upsertMemo({ outage: state });
  const dueMs = dueAtMs(state);
  const next = dueMs === undefined || state.phase === 'over' ? '' : `, next step at ${iso(dueMs)}`;
  setCurrentDetails(`${state.phase}: ${state.cause}: ${state.message}${next}`);
}

function isHistoryLong(): boolean {
  const { continueAsNewSuggested, historyLength } = workflowInfo();
  return continueAsNewSuggested || isVersionSuperseded() || historyLength > LONG_HISTORY_EVENTS;
}

function ignored(signal: string): void {
  log.warn(`ignored a signal ${signal} whose input is not one of ours`);
}

function iso(atMs: number): string {
  return new Date(atMs).toISOString();
}
