import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { until } from './until.js';

const UNDERSTUDY = fileURLToPath(new URL('../../bin/understudy.mjs', import.meta.url));
const FROM_OURS = ['PATH', 'HOME', 'TMPDIR', 'XDG_CACHE_HOME'];
const END_LIMIT_MS = 10_000;

/** A command that came to its end. */
export interface Ended {
  /** null when a signal ended it. */
  code: number | null;
  stdout: string;
  stderr: string;
  tookMs: number;
}

export interface RunningCommand {
  pid: number;
  ended: Promise<Ended>;
  /** What it has written so far, on both streams. */
  output(): string;
  /** Waits until it has written this. @throws when it ends without */
  says(pattern: RegExp): Promise<void>;
  signal(signal: NodeJS.Signals): void;
}

interface Surroundings {
  env?: Record<string, string>;
  /** Standard input. */
  input?: string | Uint8Array;
}

/** A person's shell: a folder of its own, and of our environment only what any program needs. */
export interface Shell {
  folder: string;
  /** Writes a file into the folder. @returns its path */
  write(name: string, content: string | Uint8Array): Promise<string>;
  start(args: readonly string[], surroundings?: Surroundings): RunningCommand;
  /** Starts a command and waits for its end. */
  understudy(args: readonly string[], surroundings?: Surroundings): Promise<Ended>;
  /** Ends what was started here and still runs, and removes the folder. */
  close(): Promise<void>;
}

/** @param env for all commands of this shell */
export async function openShell(env: Record<string, string> = {}): Promise<Shell> {
  const folder = await mkdtemp(join(tmpdir(), 'understudy-e2e-'));
  const running = new Set<RunningCommand>();
  const inherited = Object.fromEntries(FROM_OURS.map((name) => [name, process.env[name]]));
  const temporalCli = process.env.TEST_TEMPORAL_CLI;
  const common = {
    ...inherited,
    ...(temporalCli !== undefined && { TEMPORAL_CLI_PATH: temporalCli }),
    UNDERSTUDY_HOME: join(folder, 'home'),
    ...env,
  };

  function start(args: readonly string[], { env: more, input }: Surroundings = {}): RunningCommand {
    const command = startCommand(args, folder, { ...common, ...more }, input);
    running.add(command);
    void command.ended.finally(() => running.delete(command));
    return command;
  }

  return {
    folder,
    async write(name, content) {
      const path = join(folder, name);
      await writeFile(path, content);
      return path;
    },
    start,
    understudy: (args, surroundings) => start(args, surroundings).ended,
    async close() {
      await Promise.all([...running].map(end));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function startCommand(
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
  input: string | Uint8Array | undefined,
): RunningCommand {
  const startedAtMs = Date.now();
  const child = spawn(process.execPath, [UNDERSTUDY, ...args], { cwd, env });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${process.execPath} cannot be started`);
  let stdout = '';
  let stderr = '';
  let over = false;
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
  child.stdin.on('error', () => undefined); // it may end without reading its input
  child.stdin.end(input);
  const ended = once(child, 'close').then(([code]) => {
    over = true;
    return { code: code as number | null, stdout, stderr, tookMs: Date.now() - startedAtMs };
  });
  const output = () => stdout + stderr;
  return {
    pid,
    ended,
    output,
    async says(pattern) {
      await until(() => pattern.test(output()) || over).catch(() => {
        throw new Error(`${args.join(' ')} does not say ${String(pattern)}, but: ${output()}`);
      });
      if (!pattern.test(output())) throw new Error(`${args.join(' ')} ended without ${String(pattern)}: ${output()}`);
    },
    signal: (signal) => {
      child.kill(signal);
    },
  };
}

async function end(command: RunningCommand): Promise<void> {
  command.signal('SIGTERM');
  await sleep(50);
  command.signal('SIGTERM'); // the second ends it at once, with the server that it started
  const killer = setTimeout(() => {
    command.signal('SIGKILL');
  }, END_LIMIT_MS);
  await command.ended;
  clearTimeout(killer);
}

/** @returns the ids of the processes whose command line holds this */
export async function processesNaming(text: string): Promise<number[]> {
  const { stdout } = await promisify(execFile)('pgrep', ['-f', text]).catch(() => ({ stdout: '' }));
  return stdout.split('\n').filter(Boolean).map(Number);
}

/** A port for an embedded server: nobody listens on it, nor 1,000 above, and no outgoing connection will take it. */
export async function embeddedPort(): Promise<number> {
  for (;;) {
    const port = 12_000 + Math.floor(Math.random() * 18_000);
    if ((await isFree(port)) && (await isFree(port + 1_000))) return port;
  }
}

export async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}
