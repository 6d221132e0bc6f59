import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open, readFile, rm, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { assertPortFree } from './port.js';
import { runningServerAt } from './running-server.js';
import { SetupError } from '../setup-error.js';

const HOST = '127.0.0.1';
const POLL_MS = 50;
const START_LIMIT_MS = 30_000;
const STOP_LIMIT_MS = 10_000;

export interface DevServer {
  address: string;
  /** Left undefined by a server without a Web UI. */
  uiUrl: string | undefined;
  /** Rejects with a SetupError when the server ends though nobody stopped it. */
  died: Promise<never>;
  /** SIGTERM, then SIGKILL after 10 s. May be called again, and after the server died. */
  stop(): Promise<void>;
}

export interface DevServerOptions {
  binary: string;
  port: number;
  /** undefined: no Web UI */
  uiPort: number | undefined;
  /** undefined: in memory, gone with the server */
  dbFile: string | undefined;
  namespaces: readonly string[];
  /** Where the Web UI has payloads decrypted. */
  uiCodecEndpoint?: string | undefined;
  /** Only what any program needs is passed on: no keys. */
  env: NodeJS.ProcessEnv;
}

/**
 * Starts `temporal server start-dev` on the loopback interface; resolves when its namespaces can be used. It ends with this
 * process, except after a `kill -9` of it: then the next start finds the server with `runningServerAt`.
 * @throws SetupError when a port is taken, or the server ends before it is ready
 */
export async function startDevServer(options: DevServerOptions): Promise<DevServer> {
  const { binary, port, uiPort, dbFile, namespaces } = options;
  await assertPortFree(HOST, port, 'the server');
  if (uiPort !== undefined) await assertPortFree(HOST, uiPort, 'the Web UI');

  const logFile = dbFile === undefined ? join(tmpdir(), `understudy-temporal-${port}.log`) : `${dbFile}.log`;
  const log = await openLog(logFile);
  const child = spawn(binary, argumentsFor(options), {
    detached: true, // a terminal's Ctrl-C is ours alone: the worker has to stop before its server
    env: environmentFrom(options.env),
    stdio: ['ignore', log.fd, log.fd], // a file: a server that outlives us would die of a broken pipe
  });
  child.unref();
  const endWithUs = () => child.kill('SIGTERM');
  process.once('exit', endWithUs);
  const ended = once(child, 'exit').then(
    ([code, signal]) => `ended with ${String(code ?? signal)}`,
    (error: unknown) => `cannot be run: ${String(error)}`,
  );
  await log.close();

  let stopped = false;
  const died = ended.then(async (end) => {
    if (stopped) return new Promise<never>(() => undefined);
    throw new SetupError(`The Temporal server ${end}: ${await lastLines(logFile)}`);
  });
  died.catch(() => undefined); // nobody may be listening

  async function stop(): Promise<void> {
    stopped = true;
    child.ref(); // else node may exit before the server has
    child.kill('SIGTERM');
    const killer = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
    await ended;
    clearTimeout(killer);
    process.removeListener('exit', endWithUs);
    if (dbFile === undefined) await rm(logFile, { force: true }); // nobody asks about it any more
  }

  const address = `${HOST}:${port}`;
  const giveUpAtMs = Date.now() + START_LIMIT_MS;
  while (!(await runningServerAt(address, namespaces))) {
    const end = await Promise.race([ended, sleep(POLL_MS)]);
    if (end === undefined && Date.now() < giveUpAtMs) continue;
    const lastWords = await lastLines(logFile);
    await stop();
    const trouble = end ?? `is not ready after ${START_LIMIT_MS / 1000} s`;
    throw new SetupError(`The Temporal server ${trouble}: ${lastWords}`);
  }
  return { address, uiUrl: uiPort === undefined ? undefined : `http://${HOST}:${uiPort}`, died, stop };
}

async function openLog(file: string): Promise<FileHandle> {
  try {
    await mkdir(dirname(file), { recursive: true });
    return await open(file, 'w');
  } catch (error) {
    throw new SetupError(
      `Cannot write to ${dirname(file)} (${String((error as NodeJS.ErrnoException).code)}); UNDERSTUDY_HOME names another folder.`,
    );
  }
}

function argumentsFor({ port, uiPort, dbFile, namespaces, uiCodecEndpoint }: DevServerOptions): string[] {
  return [
    ...['server', 'start-dev', '--ip', HOST, '--port', String(port)],
    ...(uiPort === undefined ? ['--headless'] : ['--ui-port', String(uiPort)]),
    ...(uiCodecEndpoint === undefined ? [] : ['--ui-codec-endpoint', uiCodecEndpoint]),
    // The default of 20 polls a second adds 40 ms to every hop of a run.
    ...['--dynamic-config-value', 'history.transferProcessorMaxPollRPS=2000'],
    ...(dbFile === undefined ? [] : ['--db-filename', dbFile]),
    // Loses nothing when a process is killed; a power cut may take the last moments. 85 ms a run become 50.
    ...(dbFile === undefined ? [] : ['--sqlite-pragma', 'journal_mode=wal', '--sqlite-pragma', 'synchronous=1']),
    ...namespaces.flatMap((namespace) => ['--namespace', namespace]),
  ];
}

function environmentFrom({ PATH, HOME, TMPDIR }: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { PATH, HOME, TMPDIR, GOGC: '400' }; // fewer garbage collections: some 10 % more runs a second
}

async function lastLines(logFile: string): Promise<string> {
  const lines = (await readFile(logFile, 'utf8')).trim().split('\n');
  return lines.slice(-3).join(' ').slice(-500);
}
