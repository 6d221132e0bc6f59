import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Connection } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { UnderstudyPlugin } from '../../src/index.js';
import type { AskAllInput, AskInput } from '../../src/domain/ask/asked.js';
import type { BatchInput } from '../../src/domain/batch/batch.js';
import type { RecurringInput } from '../../src/domain/schedule/recurring.js';
import type { AnalyzeInput } from '../../src/domain/analyze/analysis.js';
import { outageStateOf } from '../../src/activities/outage/outage-handle.js';
import { outageIdOf } from '../../src/domain/failover/out-of-use.js';
import type { OutageReport } from '../../src/domain/outage/outage-report.js';
import type { OutageState } from '../../src/domain/outage/outage.js';
import { textOf } from './long-text.js';
import { outcomeOf, type Rig } from './rig-at.js';
import { until } from './until.js';

/** An execution that has ended. */
interface Played {
  workflowId: string;
  runId: string;
}

const TEXT = 'The delivery was quick. The box was dented but everything inside worked.';
const OPENAI_ALONE = { summarize: ['openai'], sentiment: ['openai'] };

const REPORT: OutageReport = {
  provider: 'openai',
  model: '*',
  task: 'sentiment',
  failure: { kind: 'ProviderClosed', message: 'taken out of service' },
  timeoutMs: 2_000,
  probeMs: 2_000,
  isCertain: false,
  isLastToServe: false,
  worker: 'operator',
};

async function analyzed(rig: Rig, input: AnalyzeInput): Promise<Played> {
  const handle = await rig.start(input);
  await outcomeOf(handle);
  const { workflowId, runId } = await handle.describe();
  return { workflowId, runId };
}

/** @param unit whose outage is recorded when it has ended, which is what an operator does to one that watches */
async function outageOver(rig: Rig, unit: string): Promise<Played> {
  await phaseIs(rig, unit, 'over', undefined);
  const handle = rig.client.workflow.getHandle(outageIdOf(unit));
  const { workflowId, runId } = await handle.describe();
  await handle.signal('open').catch(() => undefined); // it ended by itself
  await handle.result();
  return { workflowId, runId };
}

const phaseIs = (rig: Rig, unit: string, ...phases: (OutageState['phase'] | undefined)[]) =>
  until(async () => phases.includes((await outageStateOf(rig.client, unit))?.phase), 90_000);

async function played(
  rig: Rig,
  workflow: string,
  ...args: [BatchInput | RecurringInput | AskInput | AskAllInput, carried?: object]
): Promise<Played> {
  const handle = await rig.client.workflow.start(workflow, {
    taskQueue: 'understudy',
    workflowId: `${workflow}/${randomUUID()}`,
    args,
  });
  await handle.result();
  return { workflowId: handle.workflowId, runId: handle.firstExecutionRunId };
}

/** The workflow `triage` of `yours.ts`, in a worker that a user would have. @param config with the tasks that it asks */
async function inYourWorker({ client }: Rig, config: string): Promise<Played> {
  if (!(client.connection instanceof Connection)) throw new TypeError('expected a connection of a client');
  const connection = await NativeConnection.connect({ address: client.connection.options.address });
  const { namespace } = client.options;
  const worker = await Worker.create({
    connection,
    namespace,
    taskQueue: 'mine',
    workflowsPath: fileURLToPath(new URL('../workflows/ask/yours.ts', import.meta.url)),
    plugins: [new UnderstudyPlugin({ config })],
  });
  const workflowId = `yours/${randomUUID()}`;
  const played = await worker.runUntil(async () => {
    const handle = await client.workflow.start('triage', { taskQueue: 'mine', workflowId, args: [TEXT] });
    await handle.signal('approve', true);
    await handle.result();
    return { workflowId, runId: handle.firstExecutionRunId };
  });
  await connection.close();
  return played;
}

async function batchPlayed(rig: Rig, folder: string, input: Omit<BatchInput, 'input'>): Promise<Played> {
  await writeFile(join(folder, 'reviews.jsonl'), REVIEWS);
  return played(rig, 'batch', { input: 'reviews.jsonl', ...input });
}

/** @param folder the worker's `files.root` */
type Case = (rig: Rig, folder: string) => Promise<Played>;

const REVIEWS = `{"id": "a", "text": "It came quickly."}\nnot JSON\n{"id": "b", "text": "It broke at once."}\n`;

/** What is recorded for replay, by the name of its file. */
export const HISTORY_CASES: Record<string, Case> = {
  'analyze-plain': (rig) => analyzed(rig, { text: TEXT }),

  'analyze-failover': (rig) => {
    rig.fake.script('openai', ['422'], 'summarize');
    rig.fake.script('huggingface', ['404'], 'sentiment');
    return analyzed(rig, { text: TEXT });
  },

  'analyze-waits': (rig) => {
    rig.fake.script('openai', ['500'], 'summarize');
    return analyzed(rig, { text: TEXT, routes: OPENAI_ALONE });
  },

  'analyze-waits-for-outage': async (rig) => {
    rig.fake.always('openai', '500');
    const run = analyzed(rig, { text: TEXT, routes: OPENAI_ALONE });
    await until(() => rig.fake.requestsTo('openai').length >= 3);
    rig.fake.always('openai', undefined);
    return run;
  },

  'analyze-long-text': (rig) => {
    rig.fake.script('openai', ['422'], 'summarize');
    return analyzed(rig, {
      text: textOf(6_000),
      routes: { summarize: ['small', 'huggingface'], sentiment: ['openai'] },
    });
  },

  'analyze-stop': (rig) => {
    rig.fake.always('openai', 'refusal');
    return analyzed(rig, { text: TEXT });
  },

  'analyze-deadline': (rig) => {
    for (const name of ['openai', 'huggingface']) rig.fake.always(name, '500');
    return analyzed(rig, { text: TEXT, deadlineMs: 3_000 });
  },

  'ask-failover': (rig) => {
    rig.fake.always('openai', { says: { topics: 'none' } }, 'topics');
    rig.fake.always('claude', { says: ['delivery', 'box'] }, 'topics');
    return played(rig, 'ask', { task: 'topics', text: TEXT });
  },

  'ask-several': (rig) => {
    rig.fake.always('openai', { says: ['delivery'] }, 'topics');
    return played(rig, 'ask', { tasks: ['sentiment', 'topics'], text: TEXT });
  },

  'yours-triage': (rig, folder) => {
    rig.fake.always('openai', { says: { label: 'NEGATIVE', score: 0.9 } }, 'sentiment');
    rig.fake.always('openai', { says: 'no list' }, 'topics');
    rig.fake.always('claude', { says: ['delivery'] }, 'topics');
    rig.fake.script('openai', ['500'], 'translate');
    rig.fake.always('claude', { says: 'Pardon.' }, 'translate');
    return inYourWorker(rig, join(folder, 'understudy.yaml'));
  },

  'outage-blip': async (rig) => {
    rig.fake.script('openai', ['500']);
    await analyzed(rig, { text: TEXT });
    await phaseIs(rig, rig.unit('openai'), 'over');
    return outageOver(rig, rig.unit('openai'));
  },

  'outage-closed-and-recovered': async (rig) => {
    rig.fake.always('openai', '500');
    await analyzed(rig, { text: TEXT });
    await phaseIs(rig, rig.unit('openai'), 'closed');
    const waiting = await rig.start({ text: TEXT, routes: OPENAI_ALONE });
    rig.fake.always('openai', undefined);
    const played = await outageOver(rig, rig.unit('openai'));
    await waiting.result();
    return played;
  },

  'outage-limited': async (rig) => {
    rig.fake.script('openai', ['429-retry-after']);
    await analyzed(rig, { text: TEXT });
    await phaseIs(rig, rig.unit('openai'), 'limited');
    return outageOver(rig, rig.unit('openai'));
  },

  'outage-doubted': async (rig) => {
    const report = (worker: string) => ({ ...REPORT, failure: { kind: 'Auth', message: '401' }, worker });
    const handle = await rig.client.workflow.signalWithStart('outage', {
      workflowId: outageIdOf('openai'),
      taskQueue: 'understudy',
      args: [report('one')],
      signal: 'providerFailed',
      signalArgs: [report('one')],
    });
    await phaseIs(rig, 'openai', 'doubted');
    await handle.signal('providerFailed', report('two'));
    await phaseIs(rig, 'openai', 'closed');
    await handle.signal('open');
    return outageOver(rig, 'openai');
  },

  'outage-operator': async (rig) => {
    const handle = await rig.client.workflow.signalWithStart('outage', {
      workflowId: outageIdOf('openai'),
      taskQueue: 'understudy',
      args: [REPORT],
      signal: 'close',
      signalArgs: ['maintenance'],
    });
    await phaseIs(rig, 'openai', 'held');
    await handle.signal('open');
    return outageOver(rig, 'openai');
  },

  'batch-plain': (rig, folder) => {
    rig.fake.script('openai', ['422'], 'summarize');
    return batchPlayed(rig, folder, { output: 'plain.jsonl', concurrency: 2 });
  },

  'batch-budget': (rig, folder) =>
    batchPlayed(rig, folder, { output: 'budget.jsonl', concurrency: 1, maxCostUsd: 0.05 }),

  'batch-retry': async (rig, folder) => {
    rig.fake.always('openai', 'refusal', 'summarize');
    await batchPlayed(rig, folder, { output: 'retry.jsonl', concurrency: 2 });
    rig.fake.always('openai', undefined, 'summarize');
    return batchPlayed(rig, folder, { output: 'retry.jsonl', concurrency: 2, retry: true });
  },

  'recurring-file': async (rig, folder) => {
    await mkdir(join(folder, 'inbox'), { recursive: true });
    for (const name of ['one', 'two']) await writeFile(join(folder, 'inbox', `${name}.txt`), `${TEXT} (${name})`);
    const input: RecurringInput = {
      schedule: 'inbox',
      source: { kind: 'file', path: 'inbox' },
      sink: { kind: 'file', path: 'results.jsonl' },
    };
    return played(rig, 'recurring', input);
  },
};
