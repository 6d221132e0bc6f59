import { join } from 'node:path';
import { loadConfig, machine } from '../config.js';
import { connectWorker, targetFromEnvironment, type Target } from '../temporal/connection.js';
import { startDevServer } from '../temporal/dev-server.js';
import { runningServerAt } from '../temporal/running-server.js';
import { temporalCli } from '../temporal/temporal-cli.js';
import type { RunningWorker } from '../host.js';
import { say } from './say.js';

/** A Temporal server and a worker on it: what a run needs. */
export interface Stage {
  target: Target;
  worker: RunningWorker;
  /** The server is ours and ends with us; its history stays in a file. */
  embedded: boolean;
  /** Stops what we started, the worker first. What was running before goes on. */
  stop(): Promise<void>;
}

/** @param signal ends the preparations */
export async function openStage(port: number, logLevel: 'WARN' | 'ERROR', signal: AbortSignal): Promise<Stage> {
  const config = loadConfig();
  const server = await openServer(port, signal);
  try {
    const { installRuntime } = await import('../temporal/runtime.js'); // 60 MB that a mere client does without
    const { startWorker } = await import('../host.js');
    installRuntime(logLevel);
    const connection = await connectWorker(server.target);
    const worker = await startWorker({ connection, namespace: server.target.namespace, config, say });
    return {
      target: server.target,
      worker,
      embedded: server.embedded,
      async stop() {
        await worker.stop();
        await connection.close();
        await server.stop();
      },
    };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** The server that the environment names, one that runs already, or an embedded one of our own. */
async function openServer(
  port: number,
  signal: AbortSignal,
): Promise<{ target: Target; embedded: boolean; stop: () => Promise<void> }> {
  const named = targetFromEnvironment();
  const stop = () => Promise.resolve();
  if (named.options.address !== undefined) return { target: named, embedded: false, stop };
  const target = { ...named, address: `127.0.0.1:${port}` };
  if (await runningServerAt(target.address)) return { target, embedded: false, stop };

  const { temporalCliPath: cliPath, searchPath, cacheDir, childEnv, home } = machine();
  const binary = await temporalCli({ cliPath, searchPath, cacheDir, env: childEnv, say, signal });
  const server = await startDevServer({
    binary,
    port,
    uiPort: port + 1_000,
    dbFile: join(home, 'temporal.db'),
    namespaces: [target.namespace],
    env: childEnv,
  });
  return { target, embedded: true, stop: () => server.stop() };
}
