import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import fc from 'fast-check';
import type { Payload } from '@temporalio/common';
import proto from '@temporalio/proto';
import { temporalAddress, testNamespace } from '../support/namespace.js';
import { openRig, until, type Rig } from '../support/rig.js';
import { HUGE, input, signal, type Shape } from './foreign-shapes.js';

/** So many inputs and signals in all; `FUZZ_SHAPES` and `FUZZ_SEED` say otherwise. */
const SHAPES = Number(process.env.FUZZ_SHAPES ?? 500);
const SEED = Number(process.env.FUZZ_SEED ?? 20_261_127);
/** What goes through the official CLI, a process each; the others are the same bytes through its protocol. */
const BY_CLI = 30;
const AT_ONCE = 25;
const LIMIT_MS = 240_000;

const { WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND: CAME_IN_BETWEEN } =
  proto.temporal.api.enums.v1.WorkflowTaskFailedCause;
/** What a run of ours may end with: kinds of failures, and what is said of an input. Everything else is a defect. */
const DEFECTS = [
  'TypeError',
  'RangeError',
  'SyntaxError',
  'ReferenceError',
  'ValueError',
  'Error',
  'PayloadCodecError',
];

const namespace = testNamespace();
let rig: Rig;
beforeAll(async () => {
  rig = await openRig();
});
afterAll(async () => {
  await rig.close();
});

const isSmall = ({ data }: Payload) => (data?.length ?? 0) < 100_000;

async function startRaw({ type, args }: Shape): Promise<string> {
  const [first] = args;
  const workflowId = `${type === 'outage' ? 'outage/fuzz-' : 'fuzz-'}${randomUUID()}`;
  await rig.client.workflowService.startWorkflowExecution({
    namespace,
    workflowId,
    requestId: randomUUID(),
    workflowType: { name: type },
    taskQueue: { name: 'understudy' },
    input: { payloads: args },
    ...(first && isSmall(first) && { lastCompletionResult: { payloads: [first] } }),
  });
  return workflowId;
}

async function signalRaw(workflowId: string, { type, args }: Shape): Promise<void> {
  await rig.client.workflowService.signalWorkflowExecution({
    namespace,
    workflowExecution: { workflowId },
    signalName: type,
    input: { payloads: args },
    requestId: randomUUID(),
  });
}

/** The official CLI, as a person uses it: it gives up where the server is busy with the run, and is called once more. */
async function temporal(...args: string[]): Promise<void> {
  const at = ['--address', temporalAddress, '--namespace', namespace];
  const call = () => promisify(execFile)(String(process.env.TEST_TEMPORAL_CLI), ['workflow', ...args, ...at]);
  await until(() =>
    call().then(
      () => true,
      (failure: unknown) => {
        if (String(failure).includes('Workflow is busy')) return false;
        throw failure;
      },
    ),
  );
}

async function inChunks<T>(all: readonly T[], each: (one: T) => Promise<unknown>): Promise<void> {
  for (let at = 0; at < all.length; at += AT_ONCE) await Promise.all(all.slice(at, at + AT_ONCE).map(each));
}

/** What no run may show: a workflow task that failed or hangs, or an end by a defect. */
async function troubles(): Promise<string[]> {
  const found: string[] = [];
  for await (const { workflowId, runId, type, status } of rig.client.workflow.list()) {
    const handle = rig.client.workflow.getHandle(workflowId, runId);
    const tell = (what: string) => found.push(`${type} ${workflowId}: ${what}`);
    const { events } = await handle.fetchHistory();
    for (const event of events ?? []) {
      const failed = event.workflowTaskFailedEventAttributes;
      // Without a failure it was the server, which makes room so for very many signals at once.
      if (failed?.failure && failed.cause !== CAME_IN_BETWEEN)
        tell(`its workflow task failed: ${failed.failure.message}`);
      const ended = event.workflowExecutionFailedEventAttributes?.failure;
      const endedBy = ended?.applicationFailureInfo?.type ?? ended?.message;
      if (ended && (endedBy == null || endedBy === '' || DEFECTS.includes(endedBy)))
        tell(`${endedBy}: ${ended.message}`);
    }
    if (status.name !== 'RUNNING') continue;
    const { raw } = await handle.describe();
    const { attempt, state } = raw.pendingWorkflowTask ?? {};
    if ((attempt ?? 1) > 1) tell(`its workflow task is tried again and again (${attempt}, state ${state})`);
  }
  return found;
}

/** Every workflow task that is due has been done. */
async function isQuiet(): Promise<boolean> {
  for await (const { workflowId, runId } of rig.client.workflow.list({ query: "ExecutionStatus = 'Running'" })) {
    const { raw } = await rig.client.workflow.getHandle(workflowId, runId).describe();
    if (raw.pendingWorkflowTask && (raw.pendingWorkflowTask.attempt ?? 1) <= 1) return false;
  }
  return true;
}

it(
  `whatever a foreign client starts or signals, no workflow task hangs and no run ends by a defect (seed ${SEED})`,
  async () => {
    rig.fake.always('openai', '503');
    rig.fake.always('huggingface', '503');
    const waiting = await rig.start({ text: 'A run that waits while it is sent what it does not know.' });
    await until(() => rig.client.workflow.getHandle(`outage/${rig.unit('openai')}`).describe().then(() => true, () => false)); // prettier-ignore
    const outage = `outage/${rig.unit('openai')}`;

    const inputs = fc.sample(input, { numRuns: Math.ceil(SHAPES / 2), seed: SEED });
    await inChunks(inputs, startRaw);
    for (const huge of HUGE) await startRaw(huge);
    const signals = fc.sample(signal, { numRuns: Math.floor(SHAPES / 2), seed: SEED });
    await inChunks(signals, async (each) => {
      await signalRaw(waiting.workflowId, each);
      if (each.type !== 'open') await signalRaw(outage, each).catch(() => undefined); // one of them may have ended it
    });

    const json = fc.sample(fc.json({ maxDepth: 4 }), { numRuns: BY_CLI, seed: SEED });
    await inChunks(json, async (value) => {
      const type = ['analyze', 'batch', 'recurring'][value.length % 3] ?? 'analyze';
      await temporal('start', '--type', type, '--task-queue', 'understudy', '--input', value);
      await temporal('signal', '--workflow-id', waiting.workflowId, '--name', 'reopened', '--input', value);
    });

    await until(isQuiet, LIMIT_MS);
    expect(await troubles()).toEqual([]);
    rig.fake.always('openai', undefined);
    rig.fake.always('huggingface', undefined);
    await waiting.signal('retryNow');
    expect(await waiting.result()).toMatchObject({ sentiment: expect.anything() });
    expect(await troubles()).toEqual([]);
  },
  2 * LIMIT_MS,
);
