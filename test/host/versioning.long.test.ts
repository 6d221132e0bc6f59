import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { batchIdOf } from '../../src/domain/batch/batch.js';
import { deployedVersions } from '../../src/temporal/worker-deployment.js';
import type { AnalysisStatus } from '../../src/domain/analyze/analysis.js';
import type { analyze } from '../../src/workflows/analyze/analyze.js';
import { openShell, type RunningCommand, type Shell } from '../support/command-line.js';
import { startFakeProviders, type FakeProviders } from '../support/fake-providers.js';
import { temporalAddress, testNamespace } from '../support/namespace.js';
import { configFor, KEYS } from '../support/rig.js';
import { until } from '../support/until.js';

const DEPLOYMENT = 'understudy-of-the-test';
/** Three pages: a batch looks at the end of each whether it should move on. */
const LINES = 450;
/** An outage moves with its next look: 30 s at most. */
const MOVES_LIMIT_MS = 90_000;

let fake: FakeProviders;
let shell: Shell;
let client: Client;
const namespace = testNamespace();
beforeEach(async () => {
  fake = await startFakeProviders();
  shell = await openShell({ ...KEYS, TEMPORAL_ADDRESS: temporalAddress, TEMPORAL_NAMESPACE: namespace });
  await shell.write('understudy.yaml', configFor(fake));
  client = new Client({ connection: await Connection.connect({ address: temporalAddress }), namespace });
});
afterEach(async () => {
  await shell.close();
  await client.connection.close();
  await fake.close();
});

async function startWorker(buildId: string): Promise<RunningCommand> {
  const env = { TEMPORAL_WORKER_DEPLOYMENT_NAME: DEPLOYMENT, TEMPORAL_WORKER_BUILD_ID: buildId };
  const worker = shell.start(['worker'], { env });
  await worker.says(new RegExp(`^ready: .*, version ${buildId} of ${DEPLOYMENT}$`, 'm'));
  return worker;
}

async function makeCurrent(buildId: string): Promise<void> {
  const { workflowService } = client;
  const version = { namespace, deploymentName: DEPLOYMENT, buildId };
  // The server learns of a version with its first poll, some moments after the worker's start.
  await until(() => workflowService.setWorkerDeploymentCurrentVersion(version).then(() => true, () => false)); // prettier-ignore
}

const start = (text: string): Promise<WorkflowHandle<typeof analyze>> =>
  client.workflow.start<typeof analyze>('analyze', {
    taskQueue: 'understudy',
    workflowId: randomUUID(),
    args: [{ text }],
  });

async function isWaiting(run: WorkflowHandle): Promise<boolean> {
  const { waitingFor } = await run.query<AnalysisStatus>('status');
  return waitingFor !== undefined;
}

/** @returns the build whose worker did its latest workflow task */
async function buildOf({ workflowId, runId }: { workflowId: string; runId?: string }): Promise<string | undefined> {
  const { raw } = await client.workflow.getHandle(workflowId, runId).describe();
  return raw.workflowExecutionInfo?.versioningInfo?.deploymentVersion?.buildId ?? undefined;
}

async function buildsOfOutages(): Promise<(string | undefined)[]> {
  const builds: (string | undefined)[] = [];
  for await (const each of client.workflow.list({ query: "WorkflowType = 'outage' AND ExecutionStatus = 'Running'" })) {
    builds.push(await buildOf(each));
  }
  return builds;
}

const statuses = async () =>
  Object.fromEntries(
    (await deployedVersions(client.workflowService, { namespace, deploymentName: DEPLOYMENT })).map((each) => [
      each.buildId,
      each.status,
    ]),
  );

it('a run ends on the version that it began on, new ones begin on the current one, and what goes on for long moves to it', async () => {
  await startWorker('one');
  await makeCurrent('one');
  fake.always('openai', '503');
  fake.always('huggingface', '503');
  const texts = Array.from({ length: LINES }, (_, n) => JSON.stringify({ id: `r${n}`, text: `Text ${n} was good.` }));
  await shell.write('lines.jsonl', texts.join('\n'));
  const batch = shell.start(['batch', 'lines.jsonl', '--out', 'out.jsonl', '--id', 'lines', '--concurrency', '20']);
  const before = await start('A text that waits on the first version.');
  await until(() => isWaiting(before));
  await until(async () => (await buildsOfOutages()).length > 0);
  await until(async () => (await buildOf({ workflowId: batchIdOf('lines') }).catch(() => undefined)) === 'one');
  const { runId: firstRunOfBatch } = await client.workflow.getHandle(batchIdOf('lines')).describe();

  await startWorker('two');
  await makeCurrent('two');
  expect(await statuses()).toEqual({ one: 'draining', two: 'current' });
  const after = await start('A text that begins on the second version.');
  await until(() => isWaiting(after));
  await until(async () => (await buildsOfOutages()).every((build) => build === 'two'), MOVES_LIMIT_MS);

  fake.always('openai', undefined);
  fake.always('huggingface', undefined);
  expect((await before.result()).sentiment).toBeDefined();
  expect((await after.result()).sentiment).toBeDefined();
  expect(await buildOf(before)).toBe('one');
  expect(await buildOf(after)).toBe('two');

  expect(await batch.ended).toMatchObject({ code: 0 });
  expect(await buildOf({ workflowId: batchIdOf('lines'), runId: firstRunOfBatch })).toBe('one');
  expect(await buildOf({ workflowId: batchIdOf('lines') })).toBe('two');
  const lines = (await readFile(join(shell.folder, 'out.jsonl'), 'utf8')).trimEnd().split('\n');
  expect(lines).toHaveLength(LINES);
}, 240_000);
