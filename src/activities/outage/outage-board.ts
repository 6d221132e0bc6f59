import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { outageIdOf, unitOf, type OutOfUse } from '../../domain/failover/out-of-use.js';
import { POLICY } from '../../domain/failure.js';
import type { OutageReport } from '../../domain/outage/outage-report.js';
import { openingState, outOfUseIn, type OutageState } from '../../domain/outage/outage.js';
import { ANALYZE_TASK_QUEUE } from '../../domain/task-queues.js';
import { outageStateOf } from './outage-handle.js';
import { Savings } from './savings.js';

/** `anew`: what is remembered as out of use is looked up first; `closely`: what is remembered as in use. */
type Knowledge = 'remembered' | 'anew' | 'closely';

/** What this worker knows of outages, and how it tells of them. */
export interface OutageBoard {
  /** @returns why nobody may call this model now: its own outage, or its provider's; undefined when it is in use */
  outOfUse(provider: string, model: string, as?: Knowledge): Promise<OutOfUse | undefined>;
  /** Where the outage of a unit stands, looked up anew; undefined when there is none under way. */
  stateOf(unit: string): Promise<OutageState | undefined>;
  /** Tells the fleet that a provider failed. Does not keep the run waiting: it switches meanwhile. */
  report(report: OutageReport): void;
  /** Tells the outage under way, now and then, how many calls were not made because of it. */
  saved(provider: string, model: string): void;
  /** Tells at once what it held back, and settles when that is done, or a server that is away was waited for. */
  close(): Promise<void>;
}

/** Looked up off the hot path, so it costs a run nothing; a rate limit that another worker met holds here after this long. */
const REMEMBERED_MS = 1_000;
/** On a quiet line what is known may be of any age: then a call waits the few milliseconds. */
const MAX_STALE_MS = 5_000;
const LOOK_UP_MS = 300;
/** There is no call to hold up, and a wrong no costs the run far more. */
const LOOK_UP_WHILE_OPEN_MS = 3_000;
const REPORT_EVERY_MS = 1_000;
const SUSPICION_TOLD_AFTER_MS = 250;
/** A server that is away keeps no worker from its end. */
const CLOSING_MS = 2_000;
/** A rate limit needs no deciding: its outage is there at once, and may take its first step once the run has switched. */
const LIMIT_STEPS_AFTER_MS = 100;
/** An outage that many wait for may hear a report late; longer than that, what is known of it is taken as it is. */
const MAX_UNHEARD_MS = 60_000;

interface Known {
  atMs: number;
  outOfUse: OutOfUse | undefined;
  looking?: Promise<void>;
}

/** Outages are workflows; they are looked up lazily, by description, which asks no worker. */
export function outageBoard(
  client: Client,
  warn: (line: string) => void,
  { announces = false }: { announces?: boolean } = {},
): OutageBoard {
  const known = new Map<string, Known>();
  const reportedAtMs = new Map<string, number>();
  const tookOutAtMs = new Map<string, number>();
  const savings = new Savings(client);
  const reports = new Set<Promise<void>>();
  const closing = new AbortController();

  const stateOf = (unit: string) => outageStateOf(client, unit);

  async function lookUp(unit: string): Promise<void> {
    const before = known.get(unit);
    const startedAtMs = Date.now();
    try {
      const state = await stateOf(unit);
      const outOfUse = state && outOfUseIn(unit, state, Date.now());
      if (before !== known.get(unit)) return; // something was reported meanwhile
      const hasNotHeard =
        state?.phase === 'suspected' &&
        state.inUse &&
        startedAtMs - (tookOutAtMs.get(unit) ?? -Infinity) < MAX_UNHEARD_MS;
      known.set(unit, { atMs: startedAtMs, outOfUse: hasNotHeard ? before?.outOfUse : outOfUse });
    } catch (error) {
      // Not knowing is no reason to refuse a provider: at worst one call fails and the run switches.
      warn(`cannot look up outages of ${unit}: ${String(error)}`);
      known.set(unit, { atMs: startedAtMs, outOfUse: before?.outOfUse });
    }
  }

  async function outOfUse(unit: string, as: Knowledge): Promise<OutOfUse | undefined> {
    let entry = known.get(unit);
    const isDoubted = entry !== undefined && as === (entry.outOfUse ? 'anew' : 'closely');
    const isFresh = entry && !isDoubted && Date.now() - entry.atMs < REMEMBERED_MS;
    if (!isFresh) {
      entry ??= { atMs: -Infinity, outOfUse: undefined };
      known.set(unit, entry);
      entry.looking ??= lookUp(unit);
      // What was in use goes on being so while it is looked up; what was not has perhaps come back.
      const limitMs = entry.outOfUse ? LOOK_UP_WHILE_OPEN_MS : LOOK_UP_MS;
      const isUnknown = isDoubted || Date.now() - entry.atMs > MAX_STALE_MS || entry.outOfUse !== undefined;
      if (isUnknown) await Promise.race([entry.looking, sleep(limitMs, undefined, { ref: false })]);
    }
    const found = known.get(unit)?.outOfUse;
    return found && (found.untilMs ?? Infinity) > Date.now() ? found : undefined;
  }

  async function held(ms: number): Promise<void> {
    if (ms > 0) await sleep(ms, undefined, { signal: closing.signal }).catch(() => undefined); // no longer
  }

  async function send(unit: string, told: OutageReport): Promise<void> {
    const report = { ...told, announces };
    const { failure } = report;
    await client.workflow.signalWithStart('outage', {
      workflowId: outageIdOf(unit),
      taskQueue: ANALYZE_TASK_QUEUE,
      args: [report],
      signal: 'providerFailed',
      signalArgs: [report],
      memo: { outage: openingState(report, Date.now()) },
      priority: { priorityKey: 1 },
      ...(failure.kind === 'RateLimited' && { startDelay: LIMIT_STEPS_AFTER_MS }),
      staticSummary: `outage of ${unit}`.slice(0, 200),
      staticDetails: `${failure.kind}: ${failure.message}`,
    });
  }

  return {
    stateOf,
    async outOfUse(provider, model, as = 'remembered') {
      const both = await Promise.all([outOfUse(unitOf(provider), as), outOfUse(unitOf(provider, model), as)]);
      return both.find((each) => each !== undefined);
    },

    saved(provider, model) {
      const open = [unitOf(provider), unitOf(provider, model)].find((unit) => known.get(unit)?.outOfUse);
      if (open !== undefined) savings.add(open);
    },

    report(report) {
      const { provider, model, failure } = report;
      const { about, outage: says } = POLICY[failure.kind];
      if (says === 'none') return;
      const unit = about === 'account' ? unitOf(provider) : unitOf(provider, model);
      const nowMs = Date.now();
      const topic = `${says} ${String(report.isCertain)} ${unit}`; // a closing failure is told even right after a suspicion
      if (nowMs - (reportedAtMs.get(topic) ?? -Infinity) < REPORT_EVERY_MS) return;
      reportedAtMs.set(topic, nowMs);
      const opening = outOfUseIn(unit, openingState(report, nowMs), nowMs);
      if (opening) {
        known.set(unit, { atMs: nowMs, outOfUse: opening });
        tookOutAtMs.set(unit, nowMs);
      } else if (!known.get(unit)?.outOfUse) known.delete(unit); // whoever comes next waits a moment for what the fleet makes of it
      // A suspicion can wait until the run that met it has switched: both would want this worker at the same moment.
      const isUrgent = says !== 'suspects' || report.isCertain;
      const afterMs = isUrgent ? 0 : SUSPICION_TOLD_AFTER_MS;
      const sent = held(afterMs)
        .then(() => send(unit, report))
        .catch((error: unknown) => {
          warn(`cannot report the failure of ${unit}: ${String(error)}`);
        })
        .finally(() => reports.delete(sent));
      reports.add(sent);
    },

    async close() {
      closing.abort();
      await Promise.race([Promise.all(reports), sleep(CLOSING_MS, undefined, { ref: false })]);
    },
  };
}
