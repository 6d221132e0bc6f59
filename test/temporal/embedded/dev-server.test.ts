import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startDevServer, type DevServer, type DevServerOptions } from '../../../src/temporal/embedded/dev-server.js';
import { runningServerAt } from '../../../src/temporal/embedded/running-server.js';
import { SetupError } from '../../../src/temporal/setup-error.js';
import { writeExecutable } from '../../support/executables.js';
import { freePorts } from '../../support/free-ports.js';
import { itStartsServer } from '../../support/it-starts-server.js';

const run = promisify(execFile);
const BUILT = fileURLToPath(new URL('../../../dist/temporal/embedded/dev-server.js', import.meta.url));

let home: string;
let port: number;
let uiPort: number;
let options: DevServerOptions;
let servers: DevServer[];

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'understudy-server-'));
  [port, uiPort] = await freePorts();
  servers = [];
  const binary = process.env.TEST_TEMPORAL_CLI ?? '';
  const env = { ...process.env, OPENAI_API_KEY: 'must not be passed on' };
  options = { binary, port, uiPort: undefined, dbFile: undefined, namespaces: ['default'], env };
});

afterEach(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  await rm(home, { recursive: true });
});

async function start(changes: Partial<DevServerOptions> = {}): Promise<DevServer> {
  const server = await startDevServer({ ...options, ...changes });
  servers.push(server);
  return server;
}

async function serverPid(): Promise<number> {
  const { stdout } = await run('pgrep', ['-f', `start-dev .*--port ${port} `]);
  return Number(stdout);
}

async function untilGone(pid: number): Promise<void> {
  const giveUpAtMs = Date.now() + 5_000;
  while (Date.now() < giveUpAtMs && isAlive(pid)) await sleep(50);
  expect(isAlive(pid)).toBe(false);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

itStartsServer('is ready with its namespaces and Web UI, and leaves no process when it is stopped', async () => {
  const server = await start({ uiPort, namespaces: ['first', 'second'] });
  await expect(runningServerAt(server.address, ['default', 'first', 'second'])).resolves.toBe(true);
  await expect(runningServerAt(server.address, ['third'])).resolves.toBe(false);
  expect((await fetch(String(server.uiUrl))).status).toBe(200);
  const pid = await serverPid();

  await Promise.all([server.stop(), server.stop()]);
  await server.stop();
  expect(isAlive(pid)).toBe(false);
  await expect(runningServerAt(server.address)).resolves.toBe(false);
});

itStartsServer('keeps what was started on a file through a kill -9 of the server', async () => {
  const dbFile = join(home, 'data', 'temporal.db');
  const workflowId = 'survivor';
  await start({ dbFile });
  await withClient((client) => client.workflow.start('nobody', { workflowId, taskQueue: 'empty' }));
  const pid = await serverPid();
  process.kill(pid, 'SIGKILL');
  await untilGone(pid);

  await start({ dbFile });
  const survivor = await withClient((client) => client.workflow.getHandle(workflowId).describe());
  expect(survivor.status.name).toBe('RUNNING');
});

async function withClient<T>(use: (client: Client) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address: `127.0.0.1:${port}` });
  try {
    return await use(new Client({ connection }));
  } finally {
    await connection.close();
  }
}

it('names the process that has the port, and how to choose another', async () => {
  const other = createServer().listen(port, '127.0.0.1');
  await once(other, 'listening');
  const refusal = start();
  await expect(refusal).rejects.toThrow(SetupError);
  await expect(refusal).rejects.toThrow(new RegExp(`Port ${port} .*taken by \\S+ \\(pid ${process.pid}\\).*--port N`));
  await expect(start({ port: uiPort, uiPort: port })).rejects.toThrow(`Port ${port} for the Web UI is taken`);
  other.close();
});

it('tells a Temporal server from a port that refuses and from one that is something else', async () => {
  await expect(runningServerAt(`127.0.0.1:${port}`)).resolves.toBe(false);
  const silent = createServer((socket) => socket.unref()).listen(port, '127.0.0.1');
  await once(silent, 'listening');
  const startedAtMs = Date.now();
  await expect(runningServerAt(`127.0.0.1:${port}`)).resolves.toBe(false);
  expect(Date.now() - startedAtMs).toBeLessThan(3_000);
  silent.close();
});

it('gives the last words of a server that ends before it is ready', async () => {
  const binary = await writeExecutable(join(home, 'temporal'), 'echo "no space left on device" >&2; exit 3');
  const failed = start({ binary });
  await expect(failed).rejects.toThrow(SetupError);
  await expect(failed).rejects.toThrow(/ended with 3: no space left on device/);
});

it('says so when the binary is not for this machine', async () => {
  await expect(start({ binary: join(home, 'missing') })).rejects.toThrow(/cannot be run: .*ENOENT/);
});

it('gives the server no keys', async () => {
  const binary = await writeExecutable(join(home, 'temporal'), 'env; exit 1');
  const dbFile = join(home, 'temporal.db');
  await expect(start({ binary, dbFile })).rejects.toThrow(SetupError);
  expect(await readFile(`${dbFile}.log`, 'utf8')).not.toContain('OPENAI_API_KEY');
});

itStartsServer('ends with the process that started it', async () => {
  const pidFile = join(home, 'pid');
  const binary = await writeExecutable(join(home, 'temporal'), `echo $$ > ${pidFile}; exec ${options.binary} "$@"`);
  const script = `
    const { startDevServer } = await import(${JSON.stringify(BUILT)});
    await startDevServer(${JSON.stringify({ ...options, binary, env: {} })});
    process.exit(3);`;
  await expect(run(process.execPath, ['--input-type=module', '-e', script])).rejects.toMatchObject({ code: 3 });
  await untilGone(Number(await readFile(pidFile, 'utf8')));
});
