import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toResultLine } from '../../src/domain/batch/result-line.js';
import { connectClient, targetFromEnvironment } from '../../src/temporal/connection.js';
import { openShell } from '../support/command-line.js';
import { startFakeProviders, type FakeProviders } from '../support/fake-providers.js';
import { account, type Account } from './account.js';
import { clientTls, makeCertificates, serverTls } from './certificates.js';
import { chaos, Workers } from './chaos.js';
import { composedStack } from './compose.js';
import { resultOf, startLoad } from './load.js';
import { logsIn, readableIn, SECRETS, serveFeed, writeSecrets } from './secrets.js';
import { startPostgresql } from './postgresql.js';
import { startTemporalServer } from './temporal-server.js';

const WORKERS = 2;
const RUN_EVERY_MS = 300;
const LINES_A_MINUTE = 120;
const VENDOR_LATENCY_MS = 150;
const END_LIMIT_MS = 240_000;
const KEYS = {
  OPENAI_API_KEY: 'sk-stack-0123456789abcdef',
  HF_API_TOKEN: 'hf_stack_0123456789abcdef',
  STACK_ENCRYPTION_KEY: 'cd'.repeat(32),
};

/** What is beside a plain stack. */
export interface Round {
  seed: number;
  minutes: number;
  /** Mutual TLS between clients, workers and server, and encrypted payloads. */
  sealed: boolean;
}

/** Plays a whole stack under kills and outages to its end. @throws AssertionError where something was lost or paid twice */
export async function playRound(round: Round): Promise<Account & { hits: object }> {
  const folder = mkdtempSync(join(tmpdir(), 'understudy-stack-'));
  chmodSync(folder, 0o755); // PostgreSQL is another user
  const closers: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true })];
  try {
    return await played(round, folder, (close) => closers.push(close));
  } finally {
    for (const close of closers.reverse()) await close();
  }
}

/** @param atEnd takes what has to be done then, the last first */
async function played(
  { seed, minutes, sealed }: Round,
  folder: string,
  atEnd: (close: () => Promise<unknown>) => void,
) {
  const port = 20_000 + (seed % 500) * 20;
  const stack = composedStack();
  const certificates = sealed ? makeCertificates(folder) : undefined;
  const tls = certificates
    ? { server: serverTls(certificates), client: clientTls(certificates) }
    : { server: {}, client: {} };
  const fake = await startFakeProviders({ latencyMs: VENDOR_LATENCY_MS });
  atEnd(fake.close);
  const database = await startPostgresql(stack.postgresql, folder, port + 19);
  atEnd(() => database.stop());
  const server = await startTemporalServer({ stack, folder, port, databasePort: database.port, tls });
  atEnd(() => server.stop());
  const env = { TEMPORAL_ADDRESS: server.address, TEMPORAL_NAMESPACE: server.namespace, ...tls.client, ...KEYS };
  const shell = await openShell(env);
  atEnd(() => shell.close());
  const feed = await serveFeed();
  atEnd(() => feed.close());
  const config = await shell.write('understudy.yaml', configFor(fake, sealed));
  Object.assign(process.env, env, { UNDERSTUDY_CONFIG: config }); // this process is a client like any other
  const workers = new Workers(shell);
  atEnd(() => workers.stop());
  for (let n = 0; n < WORKERS; n += 1) await workers.add();
  const client = await connectClient(targetFromEnvironment());
  atEnd(() => client.connection.close());

  const lineCount = Math.ceil(LINES_A_MINUTE * minutes);
  const ids = Array.from({ length: lineCount }, (_, n) => `line-${n}`);
  const line = (id: string, n: number) => JSON.stringify({ id, text: `Line ${n} says that ${SECRETS.sentence}.` });
  await shell.write('lines.jsonl', ids.map(line).join('\n'));
  const batch = shell.start(['batch', 'lines.jsonl', '--out', 'out.jsonl', '--id', 'stack', '--concurrency', '4']);
  const load = startLoad(client, RUN_EVERY_MS, (run) => `Run ${run} says that ${SECRETS.sentence}.`);
  atEnd(() => {
    load.abandon();
    return Promise.resolve();
  });
  const hits = await chaos({ database, server, workers, fake }, seed, Date.now() + minutes * 60_000);
  await load.stop();

  const giveUpAtMs = Date.now() + END_LIMIT_MS;
  for (const [workflowId, text] of load.texts) {
    const { summary } = await resultOf(client, workflowId, giveUpAtMs);
    assert.ok(summary.includes(text.split(' says')[0] ?? text), `${workflowId} has another's answer: ${summary}`);
  }
  const { code, stderr } = await batch.ended;
  assert.equal(code, 0, stderr);
  const lines = (await readFile(join(shell.folder, 'out.jsonl'), 'utf8')).trimEnd().split('\n').map(toResultLine);
  assert.deepEqual(lines.map((each) => each?.id), ids); // prettier-ignore
  for (const each of lines) assert.ok(each !== undefined && 'summary' in each, JSON.stringify(each));

  const sums = await account(client, fake.log);
  assert.deepEqual(sums.wrong, []);
  assert.equal(sums.runs, load.texts.size + lineCount);
  assert.deepEqual(workers.endedByThemselves, []);
  await writeSecrets(client, fake, feed.url);
  const logs = { ...logsIn(folder), 'the workers': workers.output() };
  const readable = await readableIn(client, database.dump(), logs);
  if (sealed) assert.deepEqual(readable, []);
  else for (const name of Object.keys(SECRETS)) assert.ok(readable.includes(`the ${name} in the database`), name);
  const inLogs = readable.filter((each) => /^the (sentence|title) in .*(log|workers)$/.test(each));
  assert.deepEqual(inLogs, []);
  if (sealed) await refusesStrangers();
  return { ...sums, hits };
}

function configFor(fake: FakeProviders, sealed: boolean): string {
  return `providers:
  openai: { kind: openai, baseUrl: "${fake.openaiUrl('openai')}", timeoutMs: 4000 }
  huggingface: { kind: huggingface, baseUrl: "${fake.huggingFaceUrl('huggingface')}", timeoutMs: 4000 }
network: { allowHosts: [127.0.0.1] }
${sealed ? 'encryption: { keys: [{ id: stack, env: STACK_ENCRYPTION_KEY }] }' : ''}`;
}

/** Without a certificate of the CA nobody gets in. */
async function refusesStrangers(): Promise<void> {
  const target = targetFromEnvironment();
  const { clientCertPair: _, ...tls } = typeof target.options.tls === 'object' ? (target.options.tls ?? {}) : {};
  await assert.rejects(connectClient({ ...target, options: { ...target.options, tls } }), /no Temporal server answers/);
}
