import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { POLICY } from '../../domain/failure.js';
import {
  closureOf,
  mayEnd,
  openingState,
  outageIdOf,
  type Closure,
  type OutageReport,
  type OutageState,
} from '../../domain/outage/outage.js';
import { ANALYZE_TASK_QUEUE } from '../../domain/failover/plan.js';

/** What this worker knows of outages, and how it tells of them. */
export interface OutageBoard {
  /** @returns why nobody may call this provider now; undefined when it is in use */
  closureOf(provider: string): Promise<Closure | undefined>;
  /** Tells the fleet that a provider failed. Does not keep the run waiting: it switches meanwhile. */
  report(report: OutageReport): void;
  /** A worker that starts may bring the key or the credit that was missing: such an outage ends. */
  forgive(provider: string): Promise<void>;
}

const REMEMBERED_MS = 1_000;
const REPORT_EVERY_MS = 1_000;
const SUSPICION_TOLD_AFTER_MS = 250;

/** Outages are workflows; they are looked up lazily, by description, which asks no worker. */
export function outageBoard(client: Client, warn: (line: string) => void): OutageBoard {
  const known = new Map<string, { atMs: number; closure: Promise<Closure | undefined> }>();
  const reportedAtMs = new Map<string, number>();

  const lastState = async (provider: string) => {
    const { status, memo, closeTime } = await client.workflow.getHandle(outageIdOf(provider)).describe();
    return { open: status.name === 'RUNNING', closeTime, state: memo?.outage as OutageState | undefined };
  };

  async function lookUp(provider: string): Promise<Closure | undefined> {
    try {
      const { open, state } = await lastState(provider);
      return open && state ? closureOf(state, Date.now()) : undefined;
    } catch (error) {
      // Not knowing is no reason to refuse a provider: at worst one call fails and the run switches.
      if (!(error instanceof WorkflowNotFoundError)) warn(`cannot look up outages of ${provider}: ${String(error)}`);
      return undefined;
    }
  }

  /** Doubles the rest of a provider that names none, while its rate limit goes on. */
  async function lastRestMs(provider: string): Promise<number | undefined> {
    const last = await lastState(provider).catch(() => undefined);
    const { restMs } = last?.state ?? {};
    if (restMs === undefined || !last?.closeTime) return undefined;
    return Date.now() - last.closeTime.getTime() < restMs ? restMs : undefined;
  }

  async function send(report: OutageReport): Promise<void> {
    const { provider, failure } = report;
    const namesNone = failure.kind === 'RateLimited' && failure.retryAfterMs === undefined;
    const restedMs = namesNone ? await lastRestMs(provider) : undefined;
    const told = restedMs === undefined ? report : { ...report, lastRestMs: restedMs };
    await client.workflow.signalWithStart('outage', {
      workflowId: outageIdOf(provider),
      taskQueue: ANALYZE_TASK_QUEUE,
      args: [told],
      signal: 'providerFailed',
      signalArgs: [told],
      memo: { outage: openingState(told, Date.now()) },
      staticSummary: `outage of ${provider}`,
      staticDetails: `${failure.kind}: ${failure.message}`,
    });
  }

  return {
    async closureOf(provider) {
      const nowMs = Date.now();
      let entry = known.get(provider);
      if (!entry || nowMs - entry.atMs >= REMEMBERED_MS) {
        entry = { atMs: nowMs, closure: lookUp(provider) };
        known.set(provider, entry);
      }
      const closure = await entry.closure;
      return closure && (closure.untilMs ?? Infinity) > Date.now() ? closure : undefined;
    },

    report(report) {
      const { provider, failure } = report;
      const says = POLICY[failure.kind].outage;
      if (says === 'none') return;
      const nowMs = Date.now();
      const topic = `${says} ${provider}`; // a closing failure is told even right after a suspicion
      if (nowMs - (reportedAtMs.get(topic) ?? -Infinity) < REPORT_EVERY_MS) return;
      reportedAtMs.set(topic, nowMs);
      const closure = closureOf(openingState(report, nowMs), nowMs);
      if (closure) known.set(provider, { atMs: nowMs, closure: Promise.resolve(closure) });
      // A suspicion can wait until the run that met it has switched: both would want this worker at the same moment.
      const sent = says === 'suspects' ? sleep(SUSPICION_TOLD_AFTER_MS).then(() => send(report)) : send(report);
      sent.catch((error: unknown) => {
        warn(`cannot report the failure of ${provider}: ${String(error)}`);
      });
    },

    async forgive(provider) {
      const closure = await lookUp(provider);
      if (!closure || mayEnd(closure)) return;
      await client.workflow
        .getHandle(outageIdOf(provider))
        .signal('open')
        .catch((error: unknown) => {
          if (!(error instanceof WorkflowNotFoundError)) throw error; // it ended meanwhile
        });
      known.set(provider, { atMs: Date.now(), closure: Promise.resolve(undefined) });
    },
  };
}
