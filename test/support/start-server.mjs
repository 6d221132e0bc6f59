// Jest runs this before its own module system, which is what knows TypeScript: so it takes the built files.
import { Connection } from '@temporalio/client';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { machine } from '../../dist/config/config.js';
import { startDevServer } from '../../dist/temporal/embedded/dev-server.js';
import { temporalCli } from '../../dist/temporal/embedded/temporal-cli.js';

const ALREADY_EXISTS = 6;
const USABLE_LIMIT_MS = 30_000;

/** One server for all tests, with a namespace a test file: a new one, unless TEMPORAL_ADDRESS names one that runs. */
export default async function startServer({ rootDir }) {
  const namespaces = await namespaceOfTestFile(rootDir);
  process.env.TEST_NAMESPACES = JSON.stringify(namespaces);
  const temporalAddress = process.env.TEMPORAL_ADDRESS;
  if (temporalAddress === undefined) await startOwn(Object.values(namespaces));
  else await registerAt(temporalAddress, Object.values(namespaces));
}

async function startOwn(namespaces) {
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130)); // ends the server too
  const say = (line) => process.stderr.write(`${line}\n`);
  const { temporalCliPath: cliPath, searchPath, cacheDir, childEnv: env } = machine();
  const binary = await temporalCli({ cliPath, searchPath, cacheDir, env, say });
  const server = await startDevServer({ binary, port: await freePort(), namespaces, env });
  globalThis.stopServer = () => server.stop();
  process.env.TEST_TEMPORAL_ADDRESS = server.address;
  process.env.TEST_TEMPORAL_CLI = binary;
}

async function registerAt(address, namespaces) {
  const connection = await Connection.connect({ address });
  const { workflowService } = connection;
  const workflowExecutionRetentionPeriod = { seconds: 24 * 60 * 60 };
  for (const namespace of namespaces) {
    await workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod }).catch((error) => {
      if (error.code !== ALREADY_EXISTS) throw error;
    });
  }
  const taskQueue = { name: 'is the namespace known' };
  const giveUpAtMs = Date.now() + USABLE_LIMIT_MS;
  for (const namespace of namespaces) {
    // A server's parts learn of a new namespace one by one, from a cache that each of them refreshes.
    const ask = () => workflowService.describeTaskQueue({ namespace, taskQueue, taskQueueType: 1 });
    while (!(await ask().catch(() => false))) {
      if (Date.now() > giveUpAtMs) throw new Error(`${address} does not know namespace ${namespace}, just registered`);
      await sleep(200);
    }
  }
  await connection.close();
  process.env.TEST_TEMPORAL_ADDRESS = address;
}

/** @returns `{ 'test/workflows/analyze.test.ts': 'test-workflows-analyze', … }` */
async function namespaceOfTestFile(rootDir) {
  const files = await readdir(join(rootDir, 'test'), { recursive: true });
  const tests = files.filter((file) => file.endsWith('.test.ts')).map((file) => `test/${file}`);
  return Object.fromEntries(tests.map((test) => [test, test.replace('.test.ts', '').replaceAll(/[/.]/g, '-')]));
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  await once(server.close(), 'close');
  return port;
}
