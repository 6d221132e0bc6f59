import { join } from 'node:path';
import { loadConfig, machine } from '../../config/config.js';
import type { Config } from '../../config/config-schema.js';
import { targetFromEnvironment, type Target } from '../../temporal/connection.js';
import { DEFAULT_PORT } from '../../temporal/default-port.js';
import { startDevServer } from '../../temporal/embedded/dev-server.js';
import { forgetServer, noteServer, notedServer } from '../../temporal/embedded/noted-server.js';
import { SetupError } from '../../temporal/setup-error.js';
import { runningServerAt } from '../../temporal/embedded/running-server.js';
import { temporalCli } from '../../temporal/embedded/temporal-cli.js';
import { codecServerOfUi } from './serve-codec.js';
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

export interface StageOptions {
  /** Of the embedded server; undefined: of the one that runs, or the default. */
  port: number | undefined;
  /** Whether an embedded server of our own has its Web UI. */
  webUi: boolean;
  /** What the worker says on its way. */
  tells: 'all' | 'trouble';
}

/**
 * @throws Interrupted after Ctrl-C meanwhile: then nothing is left behind
 * @throws SetupError when there is no way to a server
 */
export async function openStage({ port, webUi, tells }: StageOptions): Promise<Stage> {
  const abort = new AbortController();
  const interrupted = interruption().then(() => {
    abort.abort(new Interrupted());
  });
  const { signal } = abort;
  const config = loadConfig();
  const server = await openServer({ port, webUi }, config, signal).catch((error: unknown) => {
    signal.throwIfAborted();
    throw error;
  });
  try {
    signal.throwIfAborted();
    const worker = await hostedWorker(server.target, config, tells, { isAlone: server.embedded });
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
async function openServer(
  { port, webUi }: Pick<StageOptions, 'port' | 'webUi'>,
  config: Config,
  signal: AbortSignal,
): Promise<OpenServer> {
  const named = targetFromEnvironment();
  const theirs = { embedded: false, died: new Promise<never>(() => undefined), stop: () => Promise.resolve() };
  if (named.options.address !== undefined) return { ...theirs, target: named };
  const address = port === undefined ? named.address : `127.0.0.1:${port}`;
  if (await runningServerAt(address)) return { ...theirs, target: { ...named, address } };

  const { temporalCliPath: cliPath, searchPath, cacheDir, childEnv, home } = machine();
  const noted = notedServer(home);
  if (noted !== undefined) {
    throw new SetupError(
      `The embedded server of ${home} runs at ${noted.address} (pid ${noted.pid}): stop it, or name another UNDERSTUDY_HOME.`,
    );
  }
  const binary = await temporalCli({ cliPath, searchPath, cacheDir, env: childEnv, say, signal });
  const ownPort = port ?? DEFAULT_PORT;
  const uiPort = webUi ? ownPort + 1_000 : undefined;
  const codec = uiPort === undefined ? undefined : await codecServerOfUi(config, uiPort);
  const server = await startDevServer({
    binary,
    port: ownPort,
    uiPort,
    uiCodecEndpoint: codec?.url,
    dbFile: join(home, 'temporal.db'),
    namespaces: [named.namespace],
    env: childEnv,
  }).catch(async (error: unknown) => {
    await codec?.close();
    throw error;
  });
  const ui = server.uiUrl ?? null;
  await noteServer(home, { address, webUi: ui, pid: server.pid });
  return {
    target: { ...named, address, webUi: ui },
    embedded: true,
    died: server.died,
    async stop() {
      await forgetServer(home);
      await server.stop();
      await codec?.close();
    },
  };
}
