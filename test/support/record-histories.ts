import { mkdtemp, readdir, realpath, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { machine } from '../../src/config/config.js';
import { startDevServer } from '../../src/temporal/embedded/dev-server.js';
import { temporalCli } from '../../src/temporal/embedded/temporal-cli.js';
import { HISTORY_CASES } from './history-cases.js';
import { openRigAt } from './rig-at.js';

/** Of the workflows' code; a change that needs a patch makes the next version, and keeps the files of this one. */
const VERSION = 'v2';
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
const root = await realpath(await mkdtemp(join(tmpdir(), 'understudy-histories-')));
const price = '{ inputPerMillionTokens: 1, outputPerMillionTokens: 2 }';
let config = '';
const rig = await openRigAt({ address: server.address, namespace: 'default' }, (fake) => {
  const openai = `kind: openai, baseUrl: "${fake.openaiUrl('openai')}", timeoutMs: 2000, price: ${price}`;
  const huggingface = `kind: huggingface, baseUrl: "${fake.huggingFaceUrl('huggingface')}", timeoutMs: 2000, price: ${price}`;
  const claude = `kind: anthropic, baseUrl: "${fake.huggingFaceUrl('claude')}", model: claude-test, apiKeyEnv: OPENAI_API_KEY, price: ${price}`;
  config = `
providers:
  openai: { ${openai} }
  huggingface: { ${huggingface} }
  small: { ${openai}, maxInputChars: 2000 }
  claude: { ${claude} }
tasks:
  topics: { instruction: "topics: Name the topics.", output: { type: array, items: { type: string } } }
  translate: { instruction: "translate: Translate.", split: true }
routes:
  topics: [openai, claude]
  translate: [openai, claude]
files: { root: "${root}" }`;
  return config;
});
await writeFile(join(root, 'understudy.yaml'), config); // for a worker of a user's
const recorded = new Set(await readdir(FOLDER)); // what users may have in their server stays as it was recorded
for (const [name, play] of Object.entries(HISTORY_CASES)) {
  if (recorded.has(`${name}.${VERSION}.json`)) continue;
  const { workflowId, runId } = await play(rig, root);
  const history = await rig.client.workflow.getHandle(workflowId, runId).fetchHistory();
  const file = new URL(`${name}.${VERSION}.json`, FOLDER);
  await writeFile(file, `${JSON.stringify(withoutMachine(JSON.parse(historyToJSON(history))), null, 1)}\n`);
  say(`${fileURLToPath(file)}: ${history.events?.length ?? 0} events`);
  await rig.heal();
}
await rig.close();
await server.stop();
await rm(root, { recursive: true });

/** Host names and paths are of no use to a replay. */
function withoutMachine(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutMachine);
  if (typeof value === 'string') return withoutRoot(value);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([key]) => key !== 'stackTrace' && key !== 'identity');
  return Object.fromEntries(kept.map(([key, each]) => [key, withoutMachine(each)]));
}

/** Paths stand within payloads, which are base64. */
function withoutRoot(value: string): string {
  const text = Buffer.from(value, 'base64').toString();
  return text.includes(root) ? Buffer.from(text.replaceAll(root, '/data')).toString('base64') : value;
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  await once(probe.close(), 'close');
  return port;
}
