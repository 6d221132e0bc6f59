import { spawn, spawnSync, type ChildProcess, type SpawnSyncOptions } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, openSync, readFileSync } from 'node:fs';

/** @throws Error with all that it printed, when it fails */
export function run(command: string, args: readonly string[], options: SpawnSyncOptions = {}): string {
  const { status, error, stdout, stderr } = spawnSync(command, args, {
    maxBuffer: 2 ** 28,
    ...options,
    encoding: 'utf8',
  });
  if (status !== 0)
    throw error ?? new Error(`${command} ${args.join(' ')} exited with ${String(status)}:\n${stdout}${stderr}`);
  return stdout;
}

/** A server that may be killed and started again, with one log of all its lives. */
export class Program {
  #child: ChildProcess | undefined;
  #ended: Promise<unknown> = Promise.resolve();
  #stopping = false;
  readonly log: string;
  readonly #start: () => ChildProcess;

  constructor(log: string, command: string, args: readonly string[], options: object = {}) {
    this.log = log;
    process.once('exit', () => this.#child?.kill('SIGKILL'));
    this.#start = () => {
      const file = openSync(log, 'a');
      return spawn(command, args, { ...options, stdio: ['ignore', file, file] });
    };
  }

  start(): void {
    this.#stopping = false;
    const child = this.#start();
    this.#child = child;
    this.#ended = once(child, 'exit');
    this.#ended.then(
      () => {
        if (!this.#stopping) process.stderr.write(`${this.log}: ended by itself\n${this.lastWords()}\n`);
      },
      () => undefined,
    );
  }

  /** It and its children, which may be in groups of their own. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const pid = this.#child?.pid;
    if (pid === undefined) return;
    this.#stopping = true;
    const children = signal === 'SIGKILL' ? childrenOf(pid) : [];
    for (const each of [pid, ...children]) signalled(each, signal);
    await this.#ended;
    this.#child = undefined;
  }

  lastWords(): string {
    return existsSync(this.log) ? readFileSync(this.log, 'utf8').slice(-2_000) : '';
  }
}

function childrenOf(pid: number): number[] {
  const { stdout } = spawnSync('pgrep', ['-P', String(pid)], { encoding: 'utf8' });
  return stdout.split('\n').filter(Boolean).map(Number);
}

function signalled(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // it has just ended
  }
}
