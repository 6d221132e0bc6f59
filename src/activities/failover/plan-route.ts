import type { AnalyzeInput } from '../../domain/analyze/analysis.js';
import { afterClosing, type Availability } from '../../domain/failover/availability.js';
import type { Candidate, OnRefusal, Plan } from '../../domain/failover/plan.js';
import { TASKS, type Task } from '../../domain/task.js';
import { taskQueueOf } from '../../domain/task-queues.js';
import type { Tells } from '../../domain/telemetry/tells.js';
import type { Provider } from '../../providers/provider.js';
import { invalidInput } from '../input/invalid-input.js';
import type { OutageBoard } from '../outage/outage-board.js';
import type { Fleet, Service } from './fleet.js';

/** All that is configured, as this worker reads it. */
export interface Configured {
  routes: Record<Task, { providers: string[]; onRefusal: OnRefusal }>;
  /** By name. */
  providers: ReadonlyMap<string, ConfiguredProvider>;
}

export interface ConfiguredProvider {
  /** Without what depends on the task. */
  candidate: Omit<Candidate, 'model' | 'maxOutputTokens'>;
  provider: Pick<Provider, 'models' | 'maxOutputTokens'>;
  /** This worker takes calls of it. */
  isServedHere: boolean;
  /** The variable that holds no key on this worker. */
  missingKey?: string;
}

export interface PlanActivities {
  planRoute(routes: AnalyzeInput['routes']): Promise<Plan>;
}

/** How soon a call to a provider is tried whose workers are away: it lies in their queue, and so is there when they come. */
const AWAY_MS = 5_000;

/**
 * Decides once a run whom to ask, in which order, by what the whole fleet can do; a local activity, so it costs no trip to
 * the server.
 */
export function planActivities(
  { routes: configured, providers }: Configured,
  outages: OutageBoard,
  fleet: Fleet,
  tells: () => Promise<Tells>,
): PlanActivities {
  function named(provider: string): ConfiguredProvider {
    const entry = providers.get(provider);
    if (entry) return entry;
    throw invalidInput(`no provider ${provider} is configured, only ${[...providers.keys()].join(', ')}`);
  }

  async function serviceOf({ candidate, isServedHere }: ConfiguredProvider): Promise<Service> {
    return isServedHere ? 'now' : fleet.serviceOf(taskQueueOf(candidate.provider));
  }

  async function isAnyServed(): Promise<boolean> {
    const vendors = [...providers.values()].filter(({ candidate }) => !candidate.local);
    const services = await Promise.all(vendors.map(serviceOf));
    return services.some((service) => service !== 'never');
  }

  async function availabilityOf(candidates: readonly Candidate[], away: ReadonlySet<string>): Promise<Availability> {
    let availability: Availability = {};
    const nowMs = Date.now();
    for (const { provider, model } of candidates) {
      const outOfUse = await outages.outOfUse(provider, model);
      if (outOfUse) availability = afterClosing(availability, outOfUse, nowMs, Math.random());
      else if (away.has(provider)) {
        const why = { kind: 'ProviderClosed', message: 'no worker serves it right now' } as const;
        availability = { ...availability, [provider]: { why, failures: 1, notBeforeMs: nowMs + AWAY_MS } };
      }
    }
    return availability;
  }

  return {
    async planRoute(asked) {
      const skipped: Plan['skipped'] = [];
      const away = new Set<string>();
      const routes = {} as Plan['routes'];
      for (const task of TASKS) {
        const candidates: Candidate[] = [];
        const add = ({ candidate, provider }: ConfiguredProvider) =>
          candidates.push({
            ...candidate,
            model: provider.models[task],
            maxOutputTokens: provider.maxOutputTokens[task],
          });
        for (const entry of (asked?.[task] ?? configured[task].providers).map(named)) {
          const { candidate, provider, missingKey } = entry;
          const service = await serviceOf(entry);
          if (service === 'away') away.add(candidate.provider);
          if (service !== 'never') add(entry);
          else {
            const message = missingKey === undefined ? 'no worker serves it' : `no API key (set ${missingKey})`;
            skipped.push({
              task,
              provider: candidate.provider,
              model: provider.models[task],
              failure: missingKey === undefined ? 'ProviderClosed' : 'Auth',
              message,
            });
          }
        }
        if (candidates.length === 0 && !(await isAnyServed())) add(named('local'));
        routes[task] = { candidates, onRefusal: configured[task].onRefusal };
      }
      const all = TASKS.flatMap((task) => routes[task].candidates);
      return { routes, availability: await availabilityOf(all, away), skipped, tells: await tells() };
    },
  };
}
