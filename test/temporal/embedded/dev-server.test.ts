import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
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

it('is started again when another process took a port that it had found free, and not when it is ours', async () => {
  const starts = join(home, 'starts');
  const taken = (number: number) => `listen tcp 127.0.0.1:${number}: bind: address already in use`;
  const binary = await writeExecutable(
    join(home, 'unlucky'),
    `echo >> ${starts}\n[ "$(wc -l < ${starts})" = 1 ] && echo '${taken(1)}' && exit 1\necho '${taken(port)}' && exit 1`,
  );
  await expect(start({ binary })).rejects.toThrow(new RegExp(`ended with 1: .*:${port}: bind: address already in use`));
  expect(await readFile(starts, 'utf8')).toBe('\n\n');
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

/** The server chooses the port of its HTTP API by itself; a script in its place chooses for it. */
async function startWithHttpApi(httpPort: number): Promise<DevServer> {
  const binary = await writeExecutable(join(home, 'temporal'), `exec ${options.binary} "$@" --http-port ${httpPort}`);
  const [freePort] = await freePorts();
  return start({ binary, uiPort: freePort });
}

describe('a web page', () => {
  itStartsServer.each([
    ['as a form does', 'text/plain'],
    ['as JSON', 'application/json'],
  ])('starts no workflow over the HTTP API, %s, while UI, CLI and gRPC go on', async (_, contentType) => {
    const server = await startWithHttpApi(uiPort);
    const answer = await fetch(`http://127.0.0.1:${uiPort}/api/v1/namespaces/default/workflows/foreign`, {
      method: 'POST',
      headers: { 'content-type': contentType, origin: 'https://elsewhere.example' },
      body: JSON.stringify({ workflowType: { name: 'analyze' }, taskQueue: { name: 'understudy' } }),
    });
    expect(answer.status).toBe(403);

    expect((await fetch(String(server.uiUrl))).status).toBe(200);
    const { stdout } = await run(options.binary, ['workflow', 'list', '--address', server.address, '-o', 'json']);
    expect(JSON.parse(stdout)).toEqual([]);
    await withClient((client) => client.workflow.start('nobody', { workflowId: 'ours', taskQueue: 'empty' }));
  });
});

itStartsServer('keeps a queue in one partition, so that its rate limit is not divided', async () => {
  await start();
  const partitions = await withClient(({ workflowService }) =>
    workflowService.listTaskQueuePartitions({ namespace: 'default', taskQueue: { name: 'understudy.openai' } }),
  );
  expect(partitions.activityTaskQueuePartitions).toHaveLength(1);
  expect(partitions.workflowTaskQueuePartitions).toHaveLength(1);
});

itStartsServer('keeps its files from other users, also those of an earlier version', async () => {
  const folder = join(home, '.understudy');
  const dbFile = join(folder, 'temporal.db');
  const first = await start({ dbFile });
  const modes = async () => {
    const names = await readdir(folder);
    const files = await Promise.all(names.map(async (name) => [name, (await stat(join(folder, name))).mode & 0o777]));
    return { folder: (await stat(folder)).mode & 0o777, files: Object.fromEntries(files) as Record<string, number> };
  };
  const { files, ...rest } = await modes();
  expect(Object.keys(files)).toEqual(expect.arrayContaining(['temporal.db', 'temporal.db-wal', 'temporal.db.log']));
  expect(rest).toEqual({ folder: 0o700 });
  expect(new Set(Object.values(files))).toEqual(new Set([0o600]));
  await first.stop();

  for (const name of await readdir(folder)) await chmod(join(folder, name), 0o644);
  await chmod(folder, 0o755);
  await start({ dbFile });
  const again = await modes();
  expect(again.folder).toBe(0o700);
  expect(new Set(Object.values(again.files))).toEqual(new Set([0o600]));
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
