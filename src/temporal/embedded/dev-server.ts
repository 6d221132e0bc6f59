import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, open, readFile, rm, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SEARCH_ATTRIBUTES } from '../../domain/telemetry/search-attributes.js';
import { assertPortFree } from './port.js';
import { runningServerAt } from './running-server.js';
import { SetupError } from '../setup-error.js';

const HOST = '127.0.0.1';
const POLL_MS = 50;
const START_LIMIT_MS = 30_000;
const MAX_TRIES = 3;
const STOP_LIMIT_MS = 10_000;

export interface DevServer {
  address: string;
  pid: number;
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
  for (let tries = 1; ; tries += 1) {
    try {
      return await startOnce(options);
    } catch (error) {
      if (tries === MAX_TRIES || !isPortOfItsOwnTaken(error, options)) throw error;
    }
  }
}

/** It looks for free ports between its parts, a moment before it takes them. */
function isPortOfItsOwnTaken(error: unknown, { port, uiPort }: DevServerOptions): boolean {
  const taken = error instanceof SetupError ? /:(\d+): bind: address already in use/.exec(error.message) : null;
  return taken !== null && ![port, uiPort].includes(Number(taken[1]));
}

async function startOnce(options: DevServerOptions): Promise<DevServer> {
  const { binary, port, uiPort, dbFile, namespaces } = options;
  await assertPortFree(HOST, port, 'the server');
  if (uiPort !== undefined) await assertPortFree(HOST, uiPort, 'the Web UI');

  const logFile = dbFile === undefined ? join(await temporaryFolder(), 'temporal.log') : `${dbFile}.log`;
  if (dbFile !== undefined) await prepareHome(dbFile);
  const log = await openLog(logFile);
  const child = ownersOnly(() =>
    spawn(binary, argumentsFor(options), {
      detached: true, // a terminal's Ctrl-C is ours alone: the worker has to stop before its server
      env: environmentFrom(options.env),
      stdio: ['ignore', log.fd, log.fd], // a file: a server that outlives us would die of a broken pipe
    }),
  );
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
    if (dbFile === undefined) await rm(dirname(logFile), { recursive: true, force: true }); // nobody asks about it any more
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
  const { pid = 0 } = child; // it answers, so it has one
  return { address, pid, uiUrl: uiPort === undefined ? undefined : `http://${HOST}:${uiPort}`, died, stop };
}

const temporaryFolder = () => mkdtemp(join(tmpdir(), 'understudy-temporal-'));

/** Texts stand in the database and its log: they and their folder are for their owner alone, also where an earlier version made them. */
async function prepareHome(dbFile: string): Promise<void> {
  const folder = dirname(dbFile);
  await writable(folder, async () => {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    if (basename(folder) === '.understudy') await chmod(folder, 0o700); // a folder of another name may serve others too
    for (const file of [dbFile, `${dbFile}-wal`, `${dbFile}-shm`, `${dbFile}.log`]) {
      await chmod(file, 0o600).catch((error: unknown) => {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      });
    }
  });
}

function openLog(file: string): Promise<FileHandle> {
  return writable(dirname(file), () => open(file, 'w', 0o600));
}

/** @throws SetupError when what is to be made in the folder cannot be */
async function writable<T>(folder: string, make: () => Promise<T>): Promise<T> {
  try {
    return await make();
  } catch (error) {
    throw new SetupError(
      `Cannot write to ${folder} (${String((error as NodeJS.ErrnoException).code)}); UNDERSTUDY_HOME names another folder.`,
    );
  }
}

/** What a child makes is for its owner alone; SQLite cannot be told the mode of its files. */
function ownersOnly<T>(start: () => T): T {
  const before = process.umask(0o077);
  try {
    return start();
  } finally {
    process.umask(before);
  }
}

const DYNAMIC_CONFIG = [
  'history.transferProcessorMaxPollRPS=2000', // the default of 20 polls a second adds 40 ms to every hop of a run
  // The HTTP API takes a cross-site POST of any page that a browser here shows; nobody of ours uses it.
  'frontend.httpAllowedHosts=["nobody.invalid"]',
  'matching.enableFairness=true', // a batch's thousand calls leave room for a person's one
  // A queue's rate limit is divided by its partitions, so that four of them allow a quarter to a quiet queue.
  'matching.numTaskqueueReadPartitions=1',
  'matching.numTaskqueueWritePartitions=1',
];

function argumentsFor({ port, uiPort, dbFile, namespaces, uiCodecEndpoint }: DevServerOptions): string[] {
  return [
    ...['server', 'start-dev', '--ip', HOST, '--port', String(port)],
    ...(uiPort === undefined ? ['--headless'] : ['--ui-port', String(uiPort)]),
    ...(uiCodecEndpoint === undefined ? [] : ['--ui-codec-endpoint', uiCodecEndpoint]),
    ...DYNAMIC_CONFIG.flatMap((value) => ['--dynamic-config-value', value]),
    ...(dbFile === undefined ? [] : ['--db-filename', dbFile]),
    // Loses nothing when a process is killed; a power cut may take the last moments. 85 ms a run become 50.
    ...(dbFile === undefined ? [] : ['--sqlite-pragma', 'journal_mode=wal', '--sqlite-pragma', 'synchronous=1']),
    ...namespaces.flatMap((namespace) => ['--namespace', namespace]),
    ...Object.entries(SEARCH_ATTRIBUTES).flatMap(([name, type]) => ['--search-attribute', `${name}=${type}`]),
  ];
}

function environmentFrom({ PATH, HOME, TMPDIR }: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { PATH, HOME, TMPDIR, GOGC: '400' }; // fewer garbage collections: some 10 % more runs a second
}

async function lastLines(logFile: string): Promise<string> {
  const lines = (await readFile(logFile, 'utf8')).trim().split('\n');
  return lines.slice(-3).join(' ').slice(-500);
}
