import { afterClosing, type Availability } from '../../domain/failover/availability.js';
import type { Candidate, Plan, PlanRequest, Route } from '../../domain/failover/plan.js';
import type { Task } from '../../domain/task.js';
import { taskQueueOf } from '../../domain/task-queues.js';
import type { Tells } from '../../domain/telemetry/tells.js';
import type { Provider } from '../../providers/provider.js';
import { invalidInput } from '../input/invalid-input.js';
import type { OutageBoard } from '../outage/outage-board.js';
import type { Fleet, Service } from './fleet.js';

/** All that is configured, as this worker reads it. */
export interface Configured {
  routes: Readonly<Record<Task, ConfiguredRoute>>;
  /** By name. */
  providers: ReadonlyMap<string, ConfiguredProvider>;
}

interface ConfiguredRoute extends Omit<Route, 'candidates'> {
  /** Best first. */
  providers: readonly string[];
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
  'understudy.planRoute'(request: PlanRequest): Promise<Plan>;
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
  return {
    async 'understudy.planRoute'({ tasks, routes: asked }) {
      const routes: Record<Task, Route> = {};
      const skipped: Plan['skipped'] = [];
      const away = new Set<string>();
      for (const task of tasks) {
        const route = found(task, configured, 'task');
        const candidates: Candidate[] = [];
        for (const name of asked?.[task] ?? route.providers) {
          const entry = found(name, Object.fromEntries(providers), 'provider');
          if (entry.provider.models[task] === undefined) throw invalidInput(`${name} cannot answer ${task}`);
          const service = await serviceOf(entry);
          if (service === 'away') away.add(name);
          if (service === 'never') skipped.push(skippedFor(task, entry));
          else candidates.push(candidateFor(task, entry));
        }
        const local = providers.get('local');
        const isOutOfKeys = candidates.length === 0 && local?.provider.models[task] !== undefined;
        if (isOutOfKeys && !(await isAnyServed())) candidates.push(candidateFor(task, local));
        const { providers: _, ...rest } = route;
        routes[task] = { ...rest, candidates };
      }
      const all = Object.values(routes).flatMap(({ candidates }) => candidates);
      return { routes, availability: await availabilityOf(all, away), skipped, tells: await tells() };
    },
  };

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
}

function found<T>(name: string, all: Readonly<Record<string, T>>, what: string): T {
  const entry = Object.hasOwn(all, name) ? all[name] : undefined;
  if (entry !== undefined) return entry;
  throw invalidInput(`no ${what} ${name} is configured, only ${Object.keys(all).join(', ')}`);
}

function candidateFor(task: Task, { candidate, provider }: ConfiguredProvider): Candidate {
  const { models, maxOutputTokens } = provider;
  return { ...candidate, model: models[task] ?? '', maxOutputTokens: maxOutputTokens[task] ?? 0 };
}

function skippedFor(task: Task, { candidate, provider, missingKey }: ConfiguredProvider): Plan['skipped'][number] {
  return {
    task,
    provider: candidate.provider,
    model: provider.models[task] ?? '',
    failure: missingKey === undefined ? 'ProviderClosed' : 'Auth',
    message: missingKey === undefined ? 'no worker serves it' : `no API key (set ${missingKey})`,
  };
}
