import { hostname } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Client } from '@temporalio/client';
import { DefaultLogger, makeTelemetryFilterString, Runtime, Worker, type NativeConnection } from '@temporalio/worker';
import { batchActivities } from './activities/batch-activities.js';
import { outageBoard } from './activities/outage-board.js';
import { planActivities, type RosterEntry } from './activities/plan-route.js';
import { providerActivities } from './activities/provider-activities.js';
import { recurringActivities } from './activities/recurring-activities.js';
import { runTexts } from './activities/run-text.js';
import { guardedAgent } from './activities/web/guarded-agent.js';
import { exitWith } from './commands/exit.js';
import { interruption } from './commands/interrupt.js';
import { say } from './commands/say.js';
import { apiKeyOf, ConfigError, loadConfig, missingKeyOf, secretOf, type Config } from './config.js';
import { FILES_TASK_QUEUE, MOST_AT_ONCE } from './domain/batch.js';
import { ANALYZE_TASK_QUEUE, taskQueueOf } from './domain/plan.js';
import { RECURRING_TASK_QUEUE } from './domain/recurring.js';
import { createProvider } from './providers/create-provider.js';
import { outputTokenLimit } from './providers/output-token-limit.js';
import type { Provider } from './providers/provider.js';
import { connectWorker, targetFromEnvironment } from './temporal/connection.js';

const WORKFLOW_BUNDLE = fileURLToPath(new URL('../dist/workflow-bundle.js', import.meta.url));

/** How this host's worker calls itself; `worker --check` looks for it among the pollers. */
export const WORKER_IDENTITY = `understudy@${hostname()}`;

export interface RunningWorker {
  /** Settles when the worker has stopped: rejects when it stopped by itself. */
  stopped: Promise<void>;
  /** Takes no new work, lets the calls in flight end, and settles when all is done. */
  stop(): Promise<void>;
}

/** The SDK's core says so for each of its many polls, every few seconds. */
const SERVER_IS_AWAY = /^gRPC call \w+ retried|^Network error while sending worker heartbeat/;
const TELL_EVERY_MS = 60_000;

/** Once a process, before any connection: the SDK speaks on stderr, and only of what a person must know. */
export function installRuntime(level: 'WARN' | 'ERROR'): void {
  let toldAtMs = -Infinity;
  const logger = new DefaultLogger(level, ({ level: shown, message, meta }) => {
    if (message.startsWith('No workflows registered')) return; // so it is meant
    if (SERVER_IS_AWAY.test(message)) {
      if (Date.now() - toldAtMs < TELL_EVERY_MS) return;
      toldAtMs = Date.now();
      process.stderr.write('WARN the Temporal server does not answer; still trying\n');
      return;
    }
    const error: unknown = meta?.error;
    process.stderr.write(`${shown} ${message}${error instanceof Error ? `: ${error.message}` : ''}\n`);
  });
  // Forwarded: the SDK's core would write to standard output, which is for results alone.
  const logging = { forward: {}, filter: makeTelemetryFilterString({ core: 'WARN', other: 'ERROR' }) };
  Runtime.install({ logger, shutdownSignals: [], telemetryOptions: { logging } });
}

/**
 * Hosts the workflow and one task queue for each provider that can be asked from here.
 */
export async function startWorker(
  connection: NativeConnection,
  namespace: string,
  config: Config,
): Promise<RunningWorker> {
  const entries = new Map<string, RosterEntry>();
  const workers: Worker[] = [];
  const client = new Client({ connection, namespace });
  const outages = outageBoard(client, say);
  const textOf = runTexts(client);
  // Longer than the slowest answer: what is in flight is paid for.
  const shutdownGraceTime = Math.max(...Object.values(config.providers).map(({ timeoutMs }) => timeoutMs)) + 5_000;
  const common = { connection, namespace, identity: WORKER_IDENTITY, shutdownGraceTime };

  for (const [name, settings] of Object.entries(config.providers)) {
    const provider = providerFrom(name, config);
    const missingKey = missingKeyOf(settings);
    const { timeoutMs, retry, price, requestsPerSecond, maxInputChars, kind } = settings;
    const isPipeline =
      kind === 'huggingface' && Object.values(settings.models).every((model) => typeof model === 'string');
    const effort = isPipeline ? 'none' : 'reasoningEffort' in settings ? settings.reasoningEffort : undefined;
    const candidate = {
      provider: name,
      timeoutMs,
      retry,
      local: kind === 'local',
      maxOutputTokens: outputTokenLimit(config.maxSummaryWords, effort),
      ...(price && { price }),
      ...(maxInputChars !== undefined && { maxInputChars }),
    };
    entries.set(name, { candidate, models: provider.models, ...(missingKey !== undefined && { missingKey }) });
    if (missingKey !== undefined) {
      say(`${name} is left out: no API key (set ${missingKey})`);
      continue;
    }
    await outages.forgive(name);
    workers.push(
      await Worker.create({
        ...common,
        taskQueue: taskQueueOf(name),
        activities: { ...providerActivities({ provider, price, timeoutMs, outages, textOf }) },
        maxHeartbeatThrottleInterval: '2s',
        ...(requestsPerSecond !== undefined && { maxTaskQueueActivitiesPerSecond: requestsPerSecond }),
      }),
    );
  }
  workers.push(
    await Worker.create({
      ...common,
      shutdownGraceTime: '5s', // what is cut off here is done again, and costs nothing
      taskQueue: FILES_TASK_QUEUE,
      activities: { ...batchActivities(config.files.root, client) },
      maxHeartbeatThrottleInterval: '2s',
      maxConcurrentActivityTaskExecutions: 2 * MOST_AT_ONCE, // most of them only wait
    }),
  );
  const dispatcher = guardedAgent(config.network.allowHosts);
  workers.push(
    await Worker.create({
      ...common,
      shutdownGraceTime: '5s', // as above
      taskQueue: RECURRING_TASK_QUEUE,
      activities: { ...recurringActivities({ root: config.files.root, dispatcher, secretOf, client }) },
      maxHeartbeatThrottleInterval: '2s',
    }),
  );
  workers.push(
    await Worker.create({
      ...common,
      taskQueue: ANALYZE_TASK_QUEUE,
      workflowBundle: { codePath: WORKFLOW_BUNDLE },
      activities: { ...planActivities({ routes: config.routes, providers: entries }, outages) },
      enableNonLocalActivities: false,
    }),
  );
  const stopped = Promise.all(workers.map((worker) => worker.run())).then(() => undefined);
  return {
    stopped,
    async stop() {
      for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
      await stopped;
    },
  };
}

/** A provider as the configuration says, with the key of this process. */
export function providerFrom(name: string, { providers, maxSummaryWords }: Config): Provider {
  const settings = providers[name];
  if (!settings) throw new ConfigError(`no provider ${name} is configured`);
  if (settings.kind === 'local') return createProvider({ kind: 'local', name, maxSummaryWords });
  return createProvider({ apiKeyEnv: undefined, ...settings, name, maxSummaryWords, apiKey: apiKeyOf(settings) });
}

/** Hosts a worker until the first SIGINT or SIGTERM. @returns the exit code */
export async function serve(): Promise<number> {
  const config = loadConfig();
  const target = targetFromEnvironment();
  installRuntime('WARN');
  const connection = await connectWorker(target);
  const worker = await startWorker(connection, target.namespace, config);
  say(`ready: worker on ${target.address}, namespace ${target.namespace}`);
  await Promise.race([interruption(), worker.stopped]);
  say('stopping: calls in flight may end; a second signal ends at once');
  await worker.stop();
  await connection.close();
  return 0;
}

if (process.argv[1] === import.meta.filename) await exitWith(serve);
