import { Client } from '@temporalio/client';
import type { DataConverter } from '@temporalio/common';
import { Worker, type NativeConnection, type WorkerOptions } from '@temporalio/worker';
import { batchActivities } from '../activities/batch/batch-activities.js';
import { runTexts } from '../activities/failover/run-text.js';
import { fleetOf } from '../activities/failover/fleet.js';
import { planActivities, type PlanActivities } from '../activities/failover/plan-route.js';
import { outageBoard } from '../activities/outage/outage-board.js';
import { recurringActivities } from '../activities/schedule/recurring-activities.js';
import { missingKeyOf, secretOf } from '../config/config.js';
import type { Config } from '../config/config-schema.js';
import { FILES_TASK_QUEUE, MAX_CONCURRENCY } from '../domain/batch/batch.js';
import { RECURRING_TASK_QUEUE } from '../domain/schedule/recurring.js';
import { ANALYZE_TASK_QUEUE } from '../domain/task-queues.js';
import { dataConverterFor, valueIn } from '../temporal/codec/data-converter.js';
import { packageFile } from '../package-root.js';
import { workerIdentity } from './identity.js';
import { configuredProviders, providerService } from './provider-service.js';
import { servesOf } from './services.js';

/** Where encryption is on, the workflows are bundled with the converters that go with it. */
const bundleFor = ({ encryption }: Config) => packageFile(`dist/workflow-bundle${encryption ? '.encrypted' : ''}.js`);

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

export interface Surroundings {
  connection: NativeConnection;
  namespace: string;
  config: Config;
  /** Roles and names of providers; undefined: all that it can. */
  serve?: readonly string[] | undefined;
  /** The server was started for this worker, so no other can be there yet. */
  isAlone?: boolean;
  /** How a worker of somebody else writes and reads, where it does not leave that to the configuration. */
  dataConverter?: DataConverter | undefined;
  /** Takes a line about what goes wrong and stops nobody. */
  warn: (line: string) => void;
}

/** What a worker process can do, before it does any of it. */
export interface Hosted {
  /** For any Worker whose workflows ask providers. */
  planActivities: PlanActivities;
  dataConverter: DataConverter;
  start(): Promise<RunningWorker>;
}

/** Starts all that is served here. */
export function startWorker(surroundings: Surroundings): Promise<RunningWorker> {
  return hosted(surroundings).start();
}

/**
 * Hosts the workflows, a task queue for each provider that can be asked from here, one for the files of batches, and one
 * for the sources and sinks of schedules.
 */
export function hosted(surroundings: Surroundings): Hosted {
  const { connection, namespace, config, serve, isAlone = false, warn } = surroundings;
  const serves = servesOf(serve, config);
  const missing = serves.providers.flatMap((provider) => {
    const settings = config.providers[provider];
    const missingKey = settings && missingKeyOf(settings);
    return missingKey === undefined ? [] : [{ provider, missingKey }];
  });
  const served = serves.providers.filter((name) => !missing.some(({ provider }) => provider === name));
  const roles = [...(serves.workflows ? ['workflows'] : []), ...(serves.files ? ['files'] : []), ...served];
  const identity = workerIdentity(roles);

  const dataConverter = surroundings.dataConverter ?? dataConverterFor(config, 'worker');
  const client = new Client({ connection, namespace, identity, dataConverter });
  const outages = outageBoard(client, warn);
  const fleet = fleetOf(client, identity, isAlone);
  // Longer than the slowest answer: what is in flight is paid for.
  const shutdownGraceTime = Math.max(...Object.values(config.providers).map(({ timeoutMs }) => timeoutMs)) + 5_000;
  const options = {
    ...{ connection, namespace, identity, shutdownGraceTime, dataConverter },
    maxHeartbeatThrottleInterval: '2s',
    activityTaskPollerBehavior: POLLERS,
    workflowTaskPollerBehavior: POLLERS,
  } satisfies Omit<WorkerOptions, 'taskQueue'>;

  const plans = planActivities(
    { routes: routesOf(config), providers: configuredProviders(config, served) },
    outages,
    fleet,
  );
  const services: WorkerOptions[] = [];
  if (serves.files) {
    services.push({
      ...options,
      taskQueue: FILES_TASK_QUEUE,
      activities: { ...batchActivities(config.files.root, client) },
      maxConcurrentActivityTaskExecutions: 2 * MAX_CONCURRENCY, // most of them only wait
      shutdownGraceTime: UNPAID_GRACE,
    });
    services.push({
      ...options,
      taskQueue: RECURRING_TASK_QUEUE,
      activities: {
        ...recurringActivities({ folder: config.files.root, network: config.network, secretOf, client }),
      },
      shutdownGraceTime: UNPAID_GRACE,
    });
  }
  if (serves.workflows) {
    services.push({
      ...options,
      taskQueue: ANALYZE_TASK_QUEUE,
      workflowBundle: { codePath: bundleFor(config) },
      stickyQueueScheduleToStartTimeout: '3s', // for this long a lost worker's runs wait for it before another takes them
      activities: { ...plans },
      enableNonLocalActivities: false,
    });
  }
  const textOf = runTexts(client, (payload) => valueIn(client.options.loadedDataConverter, payload));
  const common = { config, textOf, outages, fleet, identity, say: warn, options };
  return {
    planActivities: plans,
    dataConverter,
    async start() {
      const queues = served.map((name) => providerService(name, common));
      await Promise.all(queues.map((queue) => queue.open()));
      const workers: Worker[] = [];
      for (const service of services) workers.push(await Worker.create(service));
      const stopped = Promise.all([...workers, ...queues].map((each) => each.run())).then(() => undefined);
      return {
        stopped,
        leftOut: missing,
        async stop() {
          for (const queue of queues) queue.stop();
          for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
          await stopped;
        },
      };
    },
  };
}

/** They scale by themselves: a server lets only so many polls through, and most queues are idle most of the time. */
const POLLERS = { type: 'autoscaling', minimum: 1, initial: 2, maximum: 20 } as const;

/** The routes as plans need them, with what the tasks say of long texts. */
function routesOf({ routes, tasks }: Config) {
  const each = Object.entries(routes).map(([task, route]) => [
    task,
    { ...route, ...(tasks[task]?.split === true && { split: true as const }) },
  ]);
  return Object.fromEntries(each) as Record<string, (typeof routes)[string] & { split?: true }>;
}
