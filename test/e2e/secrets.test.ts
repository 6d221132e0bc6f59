import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { openShell, type Ended, type RunningCommand, type Shell } from '../support/command-line.js';
import { startFakeProviders, type FakeProviders } from '../support/fake-providers.js';
import { temporalAddress, testNamespace } from '../support/namespace.js';

const FAULTS = ['401', '402', '403', '422'] as const;
const TEXT =
  'Zebrafish keep excellent calendars, according to Wilhelmina. Her quarterly marmalade review delighted everybody who attended.';
/** Of this length, a vendor's quotation of the key or the text would tell something. */
const TELLING = 16;

/** One provider for each fault and wire format, each with a key of its own, and one that answers. */
const providers = [
  ...FAULTS.flatMap((fault) => [
    { name: `chat-${fault}`, kind: 'openai', fault, key: `sk-proj-${randomBytes(24).toString('hex')}` },
    { name: `pipeline-${fault}`, kind: 'huggingface', fault, key: `hf_${randomBytes(24).toString('hex')}` },
  ]),
  { name: 'well', kind: 'openai', fault: 'ok', key: `sk-proj-${randomBytes(24).toString('hex')}` },
] as const;
const keyVariable = (name: string) => `KEY_OF_${name.replace('-', '_')}`;

let fake: FakeProviders;
let shell: Shell;
let worker: RunningCommand;
let done: Ended;
let refused: Ended;
let histories: unknown[];

beforeAll(async () => {
  fake = await startFakeProviders();
  shell = await openShell({ TEMPORAL_ADDRESS: temporalAddress, TEMPORAL_NAMESPACE: testNamespace() });
  const keys = Object.fromEntries(providers.map(({ name, key }) => [keyVariable(name), key]));
  const env = { ...keys, UNDERSTUDY_CONFIG: await shell.write('providers.yaml', config()) };
  for (const { name, fault } of providers) fake.always(name, fault);
  worker = shell.start(['worker'], { env });
  await worker.says(/^ready/m);

  done = await shell.understudy(['analyze', TEXT, '--json']);
  fake.always('well', 'refusal'); // it quotes the text
  refused = await shell.understudy(['analyze', TEXT, '--json']);
  worker.signal('SIGTERM');
  await worker.ended;
  histories = await allHistories();
}, 120_000);
afterAll(async () => {
  await shell.close();
  await fake.close();
});

function config(): string {
  const lines = providers.map(({ name, kind }) => {
    const baseUrl = kind === 'openai' ? fake.openaiUrl(name) : fake.huggingFaceUrl(name);
    return `  ${name}: { kind: ${kind}, baseUrl: "${baseUrl}", apiKeyEnv: ${keyVariable(name)} }`;
  });
  const route = providers.map(({ name }) => name).join(', ');
  return `providers:\n${lines.join('\n')}\nroutes: { summarize: [${route}], sentiment: [${route}] }\n`;
}

/** Of every workflow of the namespace, also those that the worker started by itself. */
async function allHistories(): Promise<unknown[]> {
  const connection = await Connection.connect({ address: temporalAddress });
  const { workflow } = new Client({ connection, namespace: testNamespace() });
  const ids = new Set([done, refused].map(({ stdout }) => (JSON.parse(stdout) as { workflowId: string }).workflowId));
  for await (const { workflowId } of workflow.list()) ids.add(workflowId);
  const found = await Promise.all([...ids].map((id) => workflow.getHandle(id).fetchHistory()));
  await connection.close();
  return found.map((history) => readable(JSON.parse(historyToJSON(history))));
}

/** With every payload decoded, beside its base64. */
function readable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(readable);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, field]) => {
    if (name !== 'data' || typeof field !== 'string') return [name, readable(field)] as const;
    return [name, [field, Buffer.from(field, 'base64').toString()]] as const;
  });
  return Object.fromEntries(entries);
}

const logs = () => ({ worker: worker.output(), done: done.stderr, refused: refused.stderr });

it('asks every provider with its own key, and each that fails says it back', () => {
  expect(done.code).toBe(0);
  expect(refused.code).toBe(1);
  const summaries = attemptsOf(done).filter(({ task }) => task === 'summarize');
  expect(summaries.map(({ outcome }) => outcome)).toEqual([...FAULTS.flatMap(() => ['failed', 'failed']), 'ok']);
  expect(fake.log.every(({ authorized }) => authorized)).toBe(true);
});

it('lets no key, nor what a vendor says of one, into history, logs or output', () => {
  const everything = JSON.stringify([histories, logs(), done, refused]);
  expect(everything).toContain('Zebrafish'); // the payloads are readable to what follows
  const forms = providers.flatMap(({ key }) => [...runsOf(key), ...inBase64(key)]);
  expect(forms.filter((form) => everything.includes(form))).toEqual([]);
  expect(everything).not.toMatch(/sk-ab\*+|\*{3,}yz/);
});

it('lets nothing of the text into a failure, an attempt or a log line', () => {
  const told = [...messagesIn(histories), ...[done, refused].flatMap(attemptsOf), logs(), errorOf(refused)];
  const all = JSON.stringify(told);
  expect(all).toContain('BadRequest');
  expect(runsOf(TEXT).filter((run) => all.includes(run))).toEqual([]);
});

function runsOf(secret: string): string[] {
  return Array.from({ length: secret.length - TELLING + 1 }, (_, at) => secret.slice(at, at + TELLING));
}

/** What base64 makes of it at any place in a longer string, without the ends that its neighbours share. */
function inBase64(secret: string): string[] {
  return [0, 1, 2].map((shift) =>
    Buffer.from('x'.repeat(shift) + secret)
      .toString('base64')
      .slice(4, -6),
  );
}

interface Told {
  task: string;
  outcome: string;
  message?: string;
}

function attemptsOf({ stdout }: Ended): Told[] {
  return (JSON.parse(stdout) as { attempts: Told[] }).attempts;
}

function errorOf({ stdout }: Ended): unknown {
  return (JSON.parse(stdout) as { error: unknown }).error;
}

/** The failures of a history whole, and of everything else what is called a message, decoded payloads included. */
function messagesIn(value: unknown): unknown[] {
  if (typeof value === 'string') return [...value.matchAll(/"message":"(?:[^"\\]|\\.)*"/g)].map(([message]) => message);
  if (Array.isArray(value)) return value.flatMap(messagesIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, field]): unknown[] =>
    name === 'failure' || name === 'message' ? [field] : messagesIn(field),
  );
}
