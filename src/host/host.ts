import { Client } from '@temporalio/client';
import type { DataConverter } from '@temporalio/common';
import { Worker, type InjectedSinks, type NativeConnection, type WorkerOptions } from '@temporalio/worker';
import { runTexts } from '../activities/failover/run-text.js';
import { fleetOf } from '../activities/failover/fleet.js';
import { planActivities, type PlanActivities } from '../activities/failover/plan-route.js';
import { outageBoard, type OutageBoard } from '../activities/outage/outage-board.js';
import { doctorActivities } from '../activities/doctor/doctor-activities.js';
import { noticeActivities } from '../activities/notices/notice-activities.js';
import { missingKeyOf, secretOf } from '../config/config.js';
import type { Config } from '../config/config-schema.js';
import type { WorkerVersion } from '../config/worker-version.js';
import { workerTaskQueueOf } from '../domain/doctor/examination.js';
import { NOTICES_TASK_QUEUE } from '../domain/notices/notice.js';
import { ANALYZE_TASK_QUEUE } from '../domain/task-queues.js';
import { NOTICE_TOPICS } from '../domain/telemetry/tells.js';
import { dataConverterFor, valueIn } from '../temporal/codec/data-converter.js';
import { knownSearchAttributes } from '../temporal/telemetry/search-attributes.js';
import type { Traces } from '../temporal/telemetry/spans.js';
import { openTraces } from '../temporal/telemetry/traces.js';
import { packageFile } from '../package-root.js';
import type { TellingSinks } from '../workflows/telemetry/telling.js';
import { fileServices, UNPAID_GRACE } from './file-services.js';
import { watchFleet } from './fleet-gauges.js';
import { workerIdentity } from './identity.js';
import { buildOfThis } from './build.js';
import { ownWorkflowsOptions, type OwnWorkflows } from './own-workflows.js';
import { configuredProviders, providerFrom, providerService } from './provider-service.js';
import { servesOf } from './services.js';

/** For workflows that are bundled when the worker starts. */
const TRACE_INTERCEPTORS = packageFile('dist/workflows/telemetry/trace-interceptors.js');

/** Where encryption is on, the workflows are bundled with the converters that go with it; where traces are, with their interceptors. */
const bundleFor = ({ encryption }: Config, traces: Traces | undefined) =>
  packageFile(`dist/workflow-bundle${encryption ? '.encrypted' : ''}${traces ? '.traced' : ''}.js`);

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
  /** Its workflows are of this version, and stay with it to their end; undefined: any worker goes on with them. */
  version?: WorkerVersion | undefined;
  /** Workflows of somebody else to host beside ours. */
  own?: OwnWorkflows | undefined;
  /** How a worker of somebody else writes and reads, where it does not leave that to the configuration. */
  dataConverter?: DataConverter | undefined;
  /** Takes a line about what goes wrong and stops nobody. */
  warn: (line: string) => void;
}

/** What a worker process can do, before it does any of it. */
export interface Hosted {
  /** For any Worker whose workflows ask providers. */
  planActivities: PlanActivities;
  /** What these tell beside their history. */
  sinks: InjectedSinks<TellingSinks>;
  dataConverter: DataConverter;
  start(): Promise<RunningWorker>;
}

/** Starts all that is served here. */
export async function startWorker(surroundings: Surroundings): Promise<RunningWorker> {
  return (await hosted(surroundings)).start();
}

/**
 * Hosts the workflows, a task queue for each provider that can be asked from here, one for the files of batches, and one
 * for the sources and sinks of schedules.
 */
export async function hosted(surroundings: Surroundings): Promise<Hosted> {
  const { connection, namespace, config, serve, isAlone = false, version, warn } = surroundings;
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
  const traces = await openTraces('understudy-worker', config.encryption ? 'by type' : 'in words');
  const client = new Client({ connection, namespace, identity, dataConverter });
  const noticesOn = NOTICE_TOPICS.filter((topic) => config.notices.some(({ on }) => on.includes(topic)));
  const outages = outageBoard(client, warn, { announces: noticesOn.includes('outage') });
  const fleet = fleetOf(client, identity, isAlone);
  // Longer than the slowest answer: what is in flight is paid for.
  const shutdownGraceTime = Math.max(...Object.values(config.providers).map(({ timeoutMs }) => timeoutMs)) + 5_000;
  const options = {
    ...{ connection, namespace, identity, shutdownGraceTime, dataConverter },
    maxHeartbeatThrottleInterval: '2s',
    activityTaskPollerBehavior: POLLERS,
    workflowTaskPollerBehavior: POLLERS,
    ...(traces && { interceptors: { activity: traces.activityInterceptors } }),
  } satisfies Omit<WorkerOptions, 'taskQueue'>;

  const searchAttributes = knownSearchAttributes(connection, namespace, (names) => {
    warn(`the server lacks the search attributes ${names.join(', ')}; add them with: npx understudy setup`);
  });
  const tells = async () => ({ searchAttributes: await searchAttributes(), notices: noticesOn });
  const configured = { routes: routesOf(config), providers: configuredProviders(config, served) };
  const plans = planActivities(configured, outages, fleet, tells);
  const services: WorkerOptions[] = [];
  if (serves.files) {
    services.push(...fileServices(config, client, fleet).map((service) => ({ ...options, ...service })));
  }
  if (serves.workflows) {
    services.push({
      ...options,
      taskQueue: ANALYZE_TASK_QUEUE,
      workflowBundle: { codePath: bundleFor(config, traces) },
      stickyQueueScheduleToStartTimeout: '3s', // for this long a lost worker's runs wait for it before another takes them
      activities: { ...plans },
      enableNonLocalActivities: false,
      sinks: { ...sinksOf(outages), ...traces?.workflowSinks },
      ...(version && {
        workerDeploymentOptions: { useWorkerVersioning: true, version, defaultVersioningBehavior: 'PINNED' },
      }),
    });
    services.push({
      ...options,
      taskQueue: NOTICES_TASK_QUEUE,
      activities: { ...noticeActivities(config.notices, secretOf) },
      activityTaskPollerBehavior: ONE_POLLER,
      shutdownGraceTime: UNPAID_GRACE,
    });
  }
  services.push({
    ...options,
    taskQueue: workerTaskQueueOf(identity) ?? identity,
    activities: {
      ...doctorActivities({
        identity,
        build: buildOfThis(),
        missing: missing.slice(),
        encryptionKeys: config.encryption?.keys.map(({ id }) => id) ?? [],
        providers: new Map(served.map((name) => [name, providerFrom(name, config)])),
      }),
    },
    activityTaskPollerBehavior: ONE_POLLER,
    shutdownGraceTime: UNPAID_GRACE,
  });
  if (surroundings.own) {
    services.push({
      ...options,
      ...ownWorkflowsOptions(surroundings.own),
      activities: { ...plans },
      enableNonLocalActivities: false,
      sinks: { ...sinksOf(outages), ...traces?.workflowSinks },
      ...(traces && { interceptors: { activity: traces.activityInterceptors, workflowModules: [TRACE_INTERCEPTORS] } }),
    });
  }
  const textOf = runTexts(client, (payload) => valueIn(client.options.loadedDataConverter, payload));
  const common = { config, textOf, outages, fleet, identity, say: warn, traces, options };
  return {
    planActivities: plans,
    sinks: sinksOf(outages),
    dataConverter,
    async start() {
      const endWatching = serves.workflows
        ? watchFleet(client, Object.keys(config.providers), async () =>
            (await searchAttributes()).includes('UnderstudyFailures'),
          )
        : () => undefined;
      const queues = served.map((name) => providerService(name, common));
      await Promise.all(queues.map((queue) => queue.open()));
      const workers: Worker[] = [];
      for (const service of services) workers.push(await Worker.create(service));
      const stopped = Promise.all([...workers, ...queues].map((each) => each.run())).then(() => undefined);
      return {
        stopped,
        leftOut: missing.filter(({ provider }) => isOnARoute(provider, config)),
        async stop() {
          endWatching();
          for (const queue of queues) queue.stop();
          for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
          await stopped;
          await outages.close();
          await traces?.flush().catch(() => undefined); // nobody takes them
        },
      };
    },
  };
}

/** What workflows tell beside their history. */
function sinksOf(outages: OutageBoard): InjectedSinks<TellingSinks> {
  return {
    understudy: {
      callsSaved: {
        fn: (_, calls) => {
          for (const { provider, model } of calls) outages.saved(provider, model);
        },
        callDuringReplay: false,
      },
    },
  };
}

/** Of queues where little happens. */
const ONE_POLLER = { type: 'simple-maximum', maximum: 1 } as const;

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

/** Of a provider that no route names nobody has to hear that its key is missing: the built-in ones are always there. */
function isOnARoute(provider: string, { routes }: Config): boolean {
  return Object.values(routes).some(({ providers }) => providers.includes(provider));
}
