import { writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { machine } from '../../src/config.js';
import { startDevServer } from '../../src/temporal/dev-server.js';
import { temporalCli } from '../../src/temporal/temporal-cli.js';
import { HISTORY_CASES } from './history-cases.js';
import { configFor, openRigAt } from './rig-at.js';

/** Of the workflows' code; a change that needs a patch makes the next version, and keeps the files of this one. */
const VERSION = 'v1';
const FOLDER = new URL('../replay/histories/', import.meta.url);

const { temporalCliPath: cliPath, searchPath, cacheDir, childEnv: env } = machine();
const say = (line: string) => process.stderr.write(`${line}\n`);
const binary = await temporalCli({ cliPath, searchPath, cacheDir, env, say });
const namespaces = ['default'];
const server = await startDevServer({
  binary,
  port: await freePort(),
  uiPort: undefined,
  dbFile: undefined,
  namespaces,
  env,
});
const rig = await openRigAt({ address: server.address, namespace: 'default' }, (fake) =>
  configFor(fake, `  small: { kind: openai, baseUrl: "${fake.openaiUrl('openai')}", maxInputChars: 2000 }`),
);
for (const [name, play] of Object.entries(HISTORY_CASES)) {
  const { workflowId, runId } = await play(rig);
  const history = await rig.client.workflow.getHandle(workflowId, runId).fetchHistory();
  const file = new URL(`${name}.${VERSION}.json`, FOLDER);
  await writeFile(file, `${JSON.stringify(withoutMachine(JSON.parse(historyToJSON(history))), null, 1)}\n`);
  say(`${fileURLToPath(file)}: ${history.events?.length ?? 0} events`);
  await rig.heal();
}
await rig.close();
await server.stop();

/** Host names and the paths in stack traces are of no use to a replay. */
function withoutMachine(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutMachine);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([key]) => key !== 'stackTrace' && key !== 'identity');
  return Object.fromEntries(kept.map(([key, each]) => [key, withoutMachine(each)]));
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  await once(probe.close(), 'close');
  return port;
}
