import type { ClientOptions, ClientPlugin } from '@temporalio/client';
import { NativeConnection, Runtime, type Worker, type WorkerOptions, type WorkerPlugin } from '@temporalio/worker';
import { configFrom, loadConfig } from '../config/config.js';
import type { Config } from '../config/config-schema.js';
import { isOurTaskQueue } from '../domain/task-queues.js';
import { dataConverterFor } from '../temporal/codec/data-converter.js';
import { hosted, type Hosted, type RunningWorker } from './host.js';

export interface UnderstudyPluginOptions {
  /**
   * The configuration file.
   * @default what `UNDERSTUDY_CONFIG` names, or `understudy.yaml` in the working directory
   */
  config?: string;
  /**
   * What this process does beside running your workflows: `workflows` (those of outages, without which nobody remembers
   * who is out of use), `files` (of batches and schedules), `providers` or names of them (the calls themselves).
   * @default ['workflows', 'providers']
   */
  serve?: readonly string[];
}

/** One host for all Workers of a process that are on the same server and namespace. */
interface Host {
  connection: NativeConnection;
  namespace: string;
  hosted: Hosted;
  /** While one of their Workers runs. */
  running?: Promise<RunningWorker> | undefined;
  users: number;
}

const BY_DEFAULT = ['workflows', 'providers'];

/**
 * Lets the workflows of a Worker of yours call `ask`: gives the Worker what plans the order to try, and runs the workers
 * that make the calls beside it, on the same connection, for as long as it runs. In a Client of yours it does what
 * `encryption` in the configuration says, as it does in the Worker.
 */
export class UnderstudyPlugin implements WorkerPlugin, ClientPlugin {
  readonly name = 'understudy';
  private readonly hosts: Host[] = [];
  private readonly hostOf = new Map<string, Host>();

  constructor(private readonly options: UnderstudyPluginOptions = {}) {}

  /**
   * What is sent is encrypted, and what comes is decrypted, where the configuration says so; a `dataConverter` of the
   * Client's own stays.
   * @throws ConfigError for a configuration that cannot be used
   */
  configureClient<O extends Omit<ClientOptions, 'plugins'>>(given: O): O {
    return given.dataConverter ? given : { ...given, dataConverter: dataConverterFor(this.config(), 'client') };
  }

  /** @throws ConfigError for a configuration that cannot be used */
  async configureWorker(given: WorkerOptions): Promise<WorkerOptions> {
    const { taskQueue, namespace = 'default', activities } = given;
    if (isOurTaskQueue(taskQueue)) return given; // ours too has the plugins of its connection
    const connection = given.connection ?? (await NativeConnection.connect());
    const config = this.config();
    let host = this.hosts.find((each) => each.connection === connection && each.namespace === namespace);
    if (!host) {
      const surroundings = { connection, namespace, config, serve: this.options.serve ?? BY_DEFAULT, warn };
      host = {
        connection,
        namespace,
        users: 0,
        hosted: await hosted({ ...surroundings, dataConverter: given.dataConverter }),
      };
      this.hosts.push(host);
    }
    this.hostOf.set(keyOf(namespace, taskQueue), host);
    const { dataConverter, planActivities, sinks } = host.hosted;
    return {
      ...given,
      connection,
      dataConverter,
      activities: { ...activities, ...planActivities },
      sinks: { ...given.sinks, ...sinks },
      ...(activities === undefined && { enableNonLocalActivities: false }),
    };
  }

  /** @throws what ends a Worker of ours: yours has been shut down by then */
  async runWorker(worker: Worker, next: (worker: Worker) => Promise<void>): Promise<void> {
    const host = this.hostOf.get(keyOf(worker.options.namespace, worker.options.taskQueue));
    if (!host) return next(worker);
    host.users += 1;
    host.running ??= host.hosted.start();
    const { stopped, stop } = await host.running;
    stopped.catch(() => {
      if (worker.getState() === 'RUNNING') worker.shutdown();
    });
    try {
      await next(worker);
    } finally {
      await this.leave(host, stop);
    }
  }

  private config(): Config {
    return this.options.config === undefined ? loadConfig() : configFrom(this.options.config);
  }

  private async leave(host: Host, stop: () => Promise<void>): Promise<void> {
    host.users -= 1;
    if (host.users > 0) return;
    host.running = undefined;
    await stop();
  }
}

const keyOf = (namespace: string, taskQueue: string) => `${namespace}/${taskQueue}`;

const warn = (line: string) => {
  Runtime.instance().logger.warn(`understudy: ${line}`);
};
