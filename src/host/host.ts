import { fileURLToPath } from 'node:url';
import { Client } from '@temporalio/client';
import { Worker, type NativeConnection, type WorkerOptions } from '@temporalio/worker';
import { batchActivities } from '../activities/batch/batch-activities.js';
import { outageBoard, type OutageBoard } from '../activities/outage/outage-board.js';
import { planActivities, type RosterEntry } from '../activities/failover/plan-route.js';
import { providerActivities } from '../activities/failover/provider-activities.js';
import { recurringActivities } from '../activities/schedule/recurring-activities.js';
import { runTexts } from '../activities/failover/run-text.js';
import { guardedAgent } from '../activities/schedule/web/guarded-agent.js';
import { missingKeyOf, secretOf, withSecrets } from '../config/config.js';
import { ConfigError, type Config } from '../config/config-schema.js';
import { FILES_TASK_QUEUE, MOST_AT_ONCE } from '../domain/batch/batch.js';
import { ANALYZE_TASK_QUEUE, taskQueueOf } from '../domain/failover/plan.js';
import { RECURRING_TASK_QUEUE } from '../domain/schedule/recurring.js';
import { createProvider } from '../providers/create-provider.js';
import type { Provider } from '../providers/provider.js';
import { WORKER_IDENTITY } from '../temporal/connection.js';

const WORKFLOW_BUNDLE = fileURLToPath(new URL('../../dist/workflow-bundle.js', import.meta.url));

/** What is cut off in these queues when the worker stops is done again, and costs nothing. */
const UNPAID_GRACE = '5s';

export interface RunningWorker {
  /** Settles when the worker has stopped: rejects when it stopped by itself. */
  stopped: Promise<void>;
  /** Providers that cannot be asked from here, and the variable that would change it. */
  leftOut: { provider: string; missingKey: string }[];
  /** Takes no new work, lets the calls in flight end, and settles when all is done. */
  stop: () => Promise<void>;
}

interface Surroundings {
  connection: NativeConnection;
  namespace: string;
  config: Config;
  /** Takes a line about what goes wrong and stops nobody. */
  warn: (line: string) => void;
}

/** One task queue, and what is done for it. */
type Service = Pick<WorkerOptions, 'taskQueue'> & Partial<WorkerOptions>;

/**
 * Hosts the workflows, a task queue for each provider that can be asked from here, one for the files of batches, and one
 * for the sources and sinks of schedules.
 */
export async function startWorker({ connection, namespace, config, warn }: Surroundings): Promise<RunningWorker> {
  const client = new Client({ connection, namespace });
  const outages = outageBoard(client, warn);
  const { providers, roster } = providerServices(config, client, outages);
  const leftOut: RunningWorker['leftOut'] = [];
  for (const [provider, { missingKey }] of roster) {
    if (missingKey === undefined) await outages.forgive(provider);
    else leftOut.push({ provider, missingKey });
  }
  const services: Service[] = [
    ...providers,
    {
      taskQueue: FILES_TASK_QUEUE,
      activities: { ...batchActivities(config.files.root, client) },
      maxConcurrentActivityTaskExecutions: 2 * MOST_AT_ONCE, // most of them only wait
      shutdownGraceTime: UNPAID_GRACE,
    },
    {
      taskQueue: RECURRING_TASK_QUEUE,
      activities: {
        ...recurringActivities({
          root: config.files.root,
          dispatcher: guardedAgent(config.network.allowHosts),
          secretOf,
          client,
        }),
      },
      shutdownGraceTime: UNPAID_GRACE,
    },
    {
      taskQueue: ANALYZE_TASK_QUEUE,
      workflowBundle: { codePath: WORKFLOW_BUNDLE },
      stickyQueueScheduleToStartTimeout: '3s', // for this long a lost worker's runs wait for it before another takes them
      activities: { ...planActivities({ routes: config.routes, providers: roster }, outages) },
      enableNonLocalActivities: false,
    },
  ];
  // Longer than the slowest answer: what is in flight is paid for.
  const shutdownGraceTime = Math.max(...Object.values(config.providers).map(({ timeoutMs }) => timeoutMs)) + 5_000;
  const common = { connection, namespace, identity: WORKER_IDENTITY, shutdownGraceTime };
  const workers: Worker[] = [];
  for (const service of services) {
    workers.push(await Worker.create({ ...common, maxHeartbeatThrottleInterval: '2s', ...service }));
  }
  const stopped = Promise.all(workers.map((worker) => worker.run())).then(() => undefined);
  return {
    stopped,
    leftOut,
    async stop() {
      for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
      await stopped;
    },
  };
}

/** @returns `roster`: all that are configured; `providers`: services of those whose key is here */
function providerServices(config: Config, client: Client, outages: OutageBoard) {
  const textOf = runTexts(client);
  const roster = new Map<string, RosterEntry>();
  const providers: Service[] = [];
  for (const [name, settings] of Object.entries(config.providers)) {
    const { timeoutMs, retry, price, requestsPerSecond, maxInputChars, kind } = settings;
    const provider = providerFrom(name, config);
    const missingKey = missingKeyOf(settings);
    const candidate = {
      provider: name,
      timeoutMs,
      retry,
      local: kind === 'local',
      ...(price && { price }),
      ...(maxInputChars !== undefined && { maxInputChars }),
    };
    roster.set(name, { candidate, provider, ...(missingKey !== undefined && { missingKey }) });
    if (missingKey !== undefined) continue;
    providers.push({
      taskQueue: taskQueueOf(name),
      activities: { ...providerActivities({ provider, price, timeoutMs, outages, textOf }) },
      ...(requestsPerSecond !== undefined && { maxTaskQueueActivitiesPerSecond: requestsPerSecond }),
    });
  }
  return { providers, roster };
}

/** A provider as the configuration says, with the key of this process. @throws ConfigError when there is none */
export function providerFrom(name: string, { providers, maxSummaryWords }: Config): Provider {
  const settings = providers[name];
  if (!settings) throw new ConfigError(`no provider ${name} is configured`);
  if (settings.kind === 'local') return createProvider({ kind: 'local', name, maxSummaryWords });
  return createProvider({ apiKeyEnv: undefined, ...withSecrets(settings), name, maxSummaryWords });
}
