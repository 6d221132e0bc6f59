import { Worker, type WorkerOptions } from '@temporalio/worker';
import type { Fleet } from '../activities/failover/fleet.js';
import type { ConfiguredProvider } from '../activities/failover/plan-route.js';
import { providerActivities } from '../activities/failover/provider-activities.js';
import { Pace } from '../activities/failover/pace.js';
import type { TextOf } from '../activities/failover/run-text.js';
import { Standing } from '../activities/failover/standing.js';
import { watchOf } from '../activities/failover/watch.js';
import type { OutageBoard } from '../activities/outage/outage-board.js';
import { missingKeyOf, withSecrets } from '../config/config.js';
import { ConfigError, type Config } from '../config/config-schema.js';
import { unitOf } from '../domain/failover/out-of-use.js';
import type { Task, TaskDefinition } from '../domain/task.js';
import { taskQueueOf } from '../domain/task-queues.js';
import { callWitness } from '../temporal/telemetry/call-witness.js';
import type { Traces } from '../temporal/telemetry/spans.js';
import { createProvider } from '../providers/create-provider.js';
import type { Provider } from '../providers/provider.js';
import { ProviderQueue } from './provider-queue.js';

/** What all providers of a worker have in common. */
export interface Common {
  config: Config;
  /** Of all providers, so that a long text is fetched once. */
  textOf: TextOf;
  outages: OutageBoard;
  fleet: Fleet;
  identity: string;
  say: (line: string) => void;
  traces: Traces | undefined;
  /** Of every Worker of this process. */
  options: Omit<WorkerOptions, 'taskQueue'>;
}

/**
 * All that are configured, as plans need them.
 * @param served by this worker; the others are looked for in the fleet
 */
export function configuredProviders(config: Config, served: readonly string[]): Map<string, ConfiguredProvider> {
  const entries = Object.entries(config.providers).map(([name, settings]): [string, ConfiguredProvider] => {
    const { timeoutMs, retry, price, maxInputChars, kind } = settings;
    const missingKey = missingKeyOf(settings);
    const limits = { ...(price && { price }), ...(maxInputChars !== undefined && { maxInputChars }) };
    const candidate = { provider: name, timeoutMs, retry, local: kind === 'local', ...limits };
    const provider = providerFrom(name, config);
    return [
      name,
      { candidate, provider, isServedHere: served.includes(name), ...(missingKey !== undefined && { missingKey }) },
    ];
  });
  return new Map(entries);
}

/** The activities of one provider on its own task queue, and this worker's place in it. */
export function providerService(name: string, common: Common): ProviderQueue {
  const { config, textOf, outages, fleet, identity, say, traces, options } = common;
  const settings = config.providers[name];
  if (!settings) throw new ConfigError(`no provider ${name} is configured`);
  const { timeoutMs, price, requestsPerSecond, maxConcurrentCalls } = settings;
  const taskQueue = taskQueueOf(name);
  const provider = providerFrom(name, config);
  const standing: Standing = new Standing({
    withdraw: (why) => {
      queue.withdraw(why);
    },
    well: () => {
      queue.isWell();
    },
  });
  const watch = watchOf({
    provider: name,
    models: provider.models,
    timeoutMs,
    requestsPerSecond,
    worker: identity,
    outages,
    othersServe: () => fleet.othersServeNow(taskQueue),
  });
  const queue: ProviderQueue = new ProviderQueue({
    provider: name,
    say,
    create: () =>
      Worker.create({
        ...options,
        taskQueue,
        activities: {
          ...providerActivities(
            {
              ...{ provider, price, outages, textOf, identity, standing, watch },
              pace: new Pace(requestsPerSecond, () => fleet.sharersNow(taskQueue)),
              witness: callWitness(settings, traces),
            },
            Object.keys(config.tasks),
          ),
        },
        maxConcurrentActivityTaskExecutions: maxConcurrentCalls,
        ...(requestsPerSecond !== undefined && { maxTaskQueueActivitiesPerSecond: requestsPerSecond }),
      }),
    leaves({ kind, reason, task }) {
      if (kind !== 'Auth') return;
      void fleet.othersServe(taskQueue).then((others) => {
        watch.reportKey(task, { kind, message: reason }, !others);
      });
    },
    async isWanted({ kind }) {
      if (kind !== 'Auth') return fleet.othersServeNow(taskQueue) === false;
      const known = { state: await outages.stateOf(unitOf(name)).catch(() => 'unknown' as const) };
      return known.state === undefined; // its outage is no more: an operator wants it back
    },
    rejoined() {
      standing.rejoin();
    },
  });
  return queue;
}

/** A provider as the configuration says, with the key of this process. @throws ConfigError when there is none */
export function providerFrom(name: string, { providers, maxSummaryWords, tasks: defined }: Config): Provider {
  const settings = providers[name];
  if (!settings) throw new ConfigError(`no provider ${name} is configured`);
  const tasks = tasksFor(name, defined);
  if (settings.kind === 'local') return createProvider({ kind: 'local', name, maxSummaryWords, tasks });
  return createProvider({ apiKeyEnv: undefined, ...withSecrets(settings), name, maxSummaryWords, tasks });
}

/** The tasks as one provider is asked them. */
function tasksFor(name: string, tasks: Config['tasks']): Record<Task, TaskDefinition> {
  const each = Object.entries(tasks).map(([task, { perProvider, instruction, output, maxOutputTokens }]) => {
    const own = Object.hasOwn(perProvider, name) ? perProvider[name] : undefined;
    return [task, { instruction, output, maxOutputTokens, ...own }] as const;
  });
  return Object.fromEntries(each);
}
