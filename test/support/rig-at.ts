import { randomUUID } from 'node:crypto';
import { Client, Connection, WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { parseConfig, type Encryption } from '../../src/config/config-schema.js';
import type { Analysis, AnalyzeInput } from '../../src/domain/analyze/analysis.js';
import type { Attempt } from '../../src/domain/attempt.js';
import { outageStateOf } from '../../src/activities/outage/outage-handle.js';
import { outageIdOf, unitOf } from '../../src/domain/failover/out-of-use.js';
import { ANALYZE_TASKS as TASKS, type AnalyzeTask as Task } from '../../src/domain/analyze/analysis.js';
import { startWorker } from '../../src/host/host.js';
import { configuredProviders } from '../../src/host/provider-service.js';
import { dataConverterFor } from '../../src/temporal/codec/data-converter.js';
import type { analyze } from '../../src/workflows/analyze/analyze.js';
import { startFakeProviders, type FakeProviders } from './fake-providers.js';

/** A run that ended without an answer. */
export interface Failed {
  error: { type: string; message: string };
  attempts: Attempt[];
  costUsd: number | null;
  atMostUsd: number | null;
}

/** A worker of ours on the real server, before fake vendors on real sockets. */
export interface Rig {
  client: Client;
  fake: FakeProviders;
  start(input: AnalyzeInput, workflowId?: string): Promise<WorkflowHandle<typeof analyze>>;
  analyze(text: string, more?: Partial<AnalyzeInput>): Promise<Analysis>;
  /** What a run comes to, one way or the other. */
  outcome(input: AnalyzeInput): Promise<Analysis | Failed>;
  /** The error that ends a run, and its trail. */
  failure(input: AnalyzeInput): Promise<Failed['error'] & Omit<Failed, 'error'>>;
  /** The model that a provider asks for a task, as its outage names it. */
  unit(provider: string, task?: Task): string;
  /** Well-behaved vendors, no request logged, no outage open or watched, and a worker that remembers nothing. */
  heal(): Promise<void>;
  close(): Promise<void>;
}

/** With `TEST_ENCRYPTION=1` every rig has it, so that whatever holds without holds with it too. */
const TEST_ENCRYPTION = { keys: [{ id: 'test', env: 'TEST_ENCRYPTION_KEY' }], plain: 'refuse' } satisfies Encryption;

export const KEYS = {
  TEST_ENCRYPTION_KEY: 'ab'.repeat(32),
  OPENAI_API_KEY: 'sk-test-0123456789abcdef',
  HF_API_TOKEN: 'hf_test_0123456789abcdef',
};

/** The same for whoever reads a file: YAML, nothing where it is off. */
export const ENCRYPTION_YAML =
  process.env.TEST_ENCRYPTION === '1' ? `encryption: ${JSON.stringify(TEST_ENCRYPTION)}` : '';

/** The default routes with fake vendors, quick to give up. */
export function configFor(fake: FakeProviders, more = ''): string {
  return `
${more.includes('encryption:') ? '' : ENCRYPTION_YAML}
providers:
  openai: { kind: openai, baseUrl: "${fake.openaiUrl('openai')}", timeoutMs: 2000, price: { inputPerMillionTokens: 1, outputPerMillionTokens: 2 } }
  huggingface: { kind: huggingface, baseUrl: "${fake.huggingFaceUrl('huggingface')}", timeoutMs: 2000 }
${more}`;
}

let runtimeInstalled = false;

/** @param config YAML, from the fake vendors */
export async function openRigAt(
  { address, namespace }: { address: string; namespace: string },
  config: (fake: FakeProviders) => string = configFor,
): Promise<Rig> {
  if (!runtimeInstalled) Runtime.install({ logger: new DefaultLogger('ERROR'), workerHeartbeatInterval: '2s' });
  runtimeInstalled = true;
  Object.assign(process.env, KEYS);
  const fake = await startFakeProviders();
  const native = await NativeConnection.connect({ address });
  const parsed = { ...parseConfig(config(fake), 'test') };
  if (process.env.TEST_ENCRYPTION === '1') parsed.encryption ??= TEST_ENCRYPTION;
  const providers = configuredProviders(parsed, []);
  const newWorker = () =>
    startWorker({ connection: native, namespace, config: parsed, isAlone: true, warn: () => undefined });
  let worker = await newWorker();
  const connection = await Connection.connect({ address });
  const client = new Client({ connection, namespace, dataConverter: dataConverterFor(parsed, 'client') });

  const start = (input: AnalyzeInput, workflowId = randomUUID()) =>
    client.workflow.start<typeof analyze>('analyze', { taskQueue: 'understudy', workflowId, args: [input] });
  const outcome = async (input: AnalyzeInput) => outcomeOf(await start(input));
  return {
    client,
    fake,
    start,
    outcome,
    analyze: async (text, more) => (await start({ text, ...more })).result(),
    async failure(input) {
      const ended = await outcome(input);
      if (!('error' in ended)) throw new Error(`expected a failed run, got ${JSON.stringify(ended)}`);
      const { error, ...trail } = ended;
      return { ...error, ...trail };
    },
    unit(provider, task = 'summarize') {
      const model = providers.get(provider)?.provider.models[task];
      if (model === undefined) throw new Error(`no provider ${provider} is configured`);
      return unitOf(provider, model);
    },
    async heal() {
      for (const { name } of fake.log)
        fake.control({ name, always: null, script: [], random: null, about: null, latencyMs: 0 });
      if (fake.log.some(({ fault }) => fault !== 'ok')) {
        await worker.stop();
        worker = await newWorker();
      }
      const models = [...providers].flatMap(([name, { provider }]) =>
        TASKS.map((task) => unitOf(name, provider.models[task] ?? name)),
      );
      const units = [...new Set([...providers.keys(), ...models])];
      await Promise.all(units.map((unit) => endOutage(client, unit)));
      fake.log.length = 0;
    },
    async close() {
      await worker.stop();
      await native.close();
      await connection.close();
      await fake.close();
    },
  };
}

/** An operator takes a unit back into use, where an outage of it is open or watched. */
async function endOutage(client: Client, unit: string): Promise<void> {
  if ((await outageStateOf(client, unit)) === undefined) return;
  const outage = client.workflow.getHandle(outageIdOf(unit));
  await outage.signal('open').catch(() => undefined); // it ended meanwhile
  await outage.result().catch(() => undefined);
}

export async function outcomeOf(handle: WorkflowHandle<typeof analyze>): Promise<Analysis | Failed> {
  try {
    return await handle.result();
  } catch (error) {
    if (!(error instanceof WorkflowFailedError && error.cause instanceof ApplicationFailure)) throw error;
    const { type, message, details } = error.cause;
    const [trail] = details as [Omit<Failed, 'error'>];
    return { error: { type: String(type), message }, ...trail };
  }
}
