import { join } from 'node:path';
import { loadConfig, machine } from '../../config/config.js';
import type { Config } from '../../config/config-schema.js';
import { targetFromEnvironment, type Target } from '../../temporal/connection.js';
import { startDevServer } from '../../temporal/embedded/dev-server.js';
import { runningServerAt } from '../../temporal/embedded/running-server.js';
import { temporalCli } from '../../temporal/embedded/temporal-cli.js';
import { codecServerOfUi } from './codec-server.js';
import { hostedWorker } from './hosted-worker.js';
import { interruption, Interrupted } from '../terminal/interrupt.js';
import { say } from '../terminal/say.js';

/** A Temporal server and a worker on it: what a run needs. */
export interface Stage {
  target: Target;
  /** The server is ours and ends with us; its history stays in a file. */
  embedded: boolean;
  /** Settles at the first Ctrl-C; rejects when the worker or our server ended by itself. */
  over: Promise<unknown>;
  /** Stops what we started, the worker first. What was running before goes on. */
  stop(): Promise<void>;
}

/**
 * @param tells what the worker says on its way
 * @throws Interrupted after Ctrl-C meanwhile: then nothing is left behind
 * @throws SetupError when there is no way to a server
 */
export async function openStage(port: number, tells: 'all' | 'trouble'): Promise<Stage> {
  const abort = new AbortController();
  const interrupted = interruption().then(() => {
    abort.abort(new Interrupted());
  });
  const { signal } = abort;
  const config = loadConfig();
  const server = await openServer(port, config, signal).catch((error: unknown) => {
    signal.throwIfAborted();
    throw error;
  });
  try {
    signal.throwIfAborted();
    const worker = await hostedWorker(server.target, config, tells);
    const stop = async () => {
      await worker.stop();
      await server.stop();
    };
    if (signal.aborted) await stop();
    signal.throwIfAborted();
    const over = Promise.race([interrupted, worker.stopped, server.died]);
    over.catch(() => undefined); // nobody may be listening yet
    return { target: server.target, embedded: server.embedded, over, stop };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

interface OpenServer {
  target: Target;
  embedded: boolean;
  /** Never settles for a server that is not ours. */
  died: Promise<never>;
  stop(): Promise<void>;
}

/** The server that the environment names, one that runs already, or an embedded one of our own. */
async function openServer(port: number, config: Config, signal: AbortSignal): Promise<OpenServer> {
  const named = targetFromEnvironment();
  const theirs = { embedded: false, died: new Promise<never>(() => undefined), stop: () => Promise.resolve() };
  if (named.options.address !== undefined) return { ...theirs, target: named };
  const target = { ...named, address: `127.0.0.1:${port}` };
  if (await runningServerAt(target.address)) return { ...theirs, target };

  const { temporalCliPath: cliPath, searchPath, cacheDir, childEnv, home } = machine();
  const binary = await temporalCli({ cliPath, searchPath, cacheDir, env: childEnv, say, signal });
  const uiPort = port + 1_000;
  const codec = await codecServerOfUi(config, uiPort);
  const server = await startDevServer({
    binary,
    port,
    uiPort,
    uiCodecEndpoint: codec?.url,
    dbFile: join(home, 'temporal.db'),
    namespaces: [target.namespace],
    env: childEnv,
  }).catch(async (error: unknown) => {
    await codec?.close();
    throw error;
  });
  const stop = async () => {
    await server.stop();
    await codec?.close();
  };
  return { target, embedded: true, died: server.died, stop };
}
