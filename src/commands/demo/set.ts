import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { machine } from '../../config/config.js';
import { packageFile } from '../../package-root.js';
import { startDevServer } from '../../temporal/embedded/dev-server.js';
import { temporalCli } from '../../temporal/embedded/temporal-cli.js';
import { SetupError } from '../../temporal/setup-error.js';
import { say } from '../terminal/say.js';
import { startFakeVendors, type FakeVendors, type Known } from './fake-vendors.js';

/** All that the demo plays on: a server in memory, two fake vendors, and a worker in a process of its own. */
export interface DemoSet {
  client: Client;
  vendors: FakeVendors;
  address: string;
  webUi: string;
  /** @returns its process id, once it is ready */
  startWorker(): Promise<number>;
  /** SIGKILL: it has no time to say anything to anybody. */
  killWorker(): Promise<void>;
  /** Rejects when the server or the worker ended though nobody ended it. */
  broke: Promise<never>;
  /** Nothing is left afterwards: no process, no file. */
  stop(): Promise<void>;
}

/** The person's own configuration, keys and server play no part in it. */
const configuration = (vendors: string) => `
providers:
  openai: { kind: openai, baseUrl: '${vendors}/openai/v1', apiKeyEnv: DEMO_KEY, model: fake-gpt, logprobs: false }
  huggingface:
    kind: huggingface
    baseUrl: '${vendors}/huggingface'
    apiKeyEnv: DEMO_KEY
    models: { summarize: fake-bart, sentiment: fake-judge }
`;

export async function openSet(known: readonly Known[], signal: AbortSignal): Promise<DemoSet> {
  const { temporalCliPath: cliPath, searchPath, cacheDir, childEnv } = machine();
  const binary = await temporalCli({ cliPath, searchPath, cacheDir, env: childEnv, say, signal });
  const undo: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    const folder = await mkdtemp(join(tmpdir(), 'understudy-demo-'));
    undo.push(() => rm(folder, { recursive: true, force: true }));
    const vendors = await startFakeVendors(known);
    undo.push(vendors.close);
    const config = join(folder, 'understudy.yaml');
    await writeFile(config, configuration(vendors.url));
    const port = await freePort();
    const server = await startDevServer({
      ...{ binary, port, uiPort: port + UI_ABOVE, dbFile: undefined, namespaces: ['default'], env: childEnv },
    });
    undo.push(() => server.stop());
    signal.throwIfAborted();
    const { Client, Connection } = await import('../../temporal/client-library.js');
    const connection = await Connection.connect({ address: server.address }); // left open: a retry that is due would throw

    const { PATH, HOME, TMPDIR } = childEnv;
    const env = {
      ...{ PATH, HOME, TMPDIR, UNDERSTUDY_CONFIG: config, UNDERSTUDY_HOME: folder },
      ...{ TEMPORAL_ADDRESS: server.address, DEMO_KEY: 'no-key-is-needed' },
    };
    let worker: ChildProcess | undefined;
    let broke: (error: Error) => void = () => undefined;
    const broken = new Promise<never>((_, reject) => (broke = reject));
    const killWorker = async () => {
      const killed = worker;
      worker = undefined;
      if (killed?.exitCode !== null || killed.signalCode !== null) return;
      const ended = once(killed, 'exit');
      killed.kill('SIGKILL');
      await ended;
    };
    undo.push(killWorker);
    const trouble = Promise.race([broken, server.died]);
    trouble.catch(() => undefined); // nobody may be listening
    return {
      ...{ client: new Client({ connection }), vendors, address: server.address, webUi: server.uiUrl ?? '' },
      ...{ killWorker, stop, broke: trouble },
      async startWorker() {
        const started = spawnWorker(server.pid, folder, env);
        worker = started.child;
        started.child.once('exit', (code) => {
          if (worker === started.child) broke(new SetupError(`The worker ended with ${code}: ${started.words()}`));
        });
        await Promise.race([started.ready, broken]);
        return started.child.pid ?? 0;
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

const MAX_WORDS = 2_000;

function spawnWorker(serverPid: number, cwd: string, env: NodeJS.ProcessEnv) {
  const file = packageFile('dist/commands/demo/demo-worker.js');
  const child = spawn(process.execPath, [file, String(serverPid)], {
    ...{ cwd, env, detached: true }, // a terminal's Ctrl-C is ours alone
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let words = '';
  const ready = new Promise<void>((resolve) => {
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      words = (words + chunk).slice(-MAX_WORDS);
      if (/^ready/m.test(words)) resolve();
    });
  });
  return { child, ready, words: () => words.trim() };
}

const UI_ABOVE = 1_000;
const MAX_PORT = 65_535;

/** One that has a free one for the Web UI above it. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = await listened(0);
    if (port !== undefined && port + UI_ABOVE <= MAX_PORT && (await listened(port + UI_ABOVE))) return port;
  }
}

/** @returns the port, free again; undefined when somebody has it */
function listened(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer()
      .once('error', () => {
        resolve(undefined);
      })
      .listen(port, '127.0.0.1', () => {
        const { port: taken } = server.address() as AddressInfo;
        server.close(() => {
          resolve(taken);
        });
      });
  });
}
