import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import type { ResultLine } from '../../src/domain/batch/result-line.js';
import { PROBE_TEXT } from '../../src/domain/outage/outage.js';
import { openShell, type Shell } from '../support/command-line.js';
import { startFakeProviders, type FakeProviders, type LoggedRequest } from '../support/fake-providers.js';
import { temporalAddress, testNamespace } from '../support/namespace.js';
import { configFor, KEYS } from '../support/rig.js';
import { until } from '../support/until.js';

/** `BATCH_TEXTS` names another number. */
const TEXTS = Number(process.env.BATCH_TEXTS ?? 1_200);
/** Enough for the history of the batch to be cut. */
const LONG = 1_200;
const STAGE_LIMIT_MS = 300_000; // beside others on a busy machine
/** Before a kill: what was answered then may not have reached the server. */
const IN_FLIGHT_MS = 2_000;

/** Three hosts with folders of their own; the texts are on the first. */
const HOSTS = ['north', 'south', 'west'];
let shells: Shell[];
let fake: FakeProviders;
beforeAll(async () => {
  fake = await startFakeProviders({ latencyMs: 50 });
  const env = { ...KEYS, TEMPORAL_ADDRESS: temporalAddress, TEMPORAL_NAMESPACE: testNamespace() };
  shells = await Promise.all(HOSTS.map((host) => openShell({ ...env, UNDERSTUDY_HOST: host })));
  const free = 'price: { inputPerMillionTokens: 0, outputPerMillionTokens: 0 }';
  const config = configFor(fake).replace('timeoutMs: 2000 }', `timeoutMs: 2000, ${free} }`);
  for (const shell of shells) await shell.write('understudy.yaml', config);
});
afterAll(async () => {
  for (const shell of shells) await shell.close();
  await fake.close();
});

const answered = () => fake.requestsTo('huggingface', 'sentiment').length;

async function workerIn(shell: Shell) {
  const started = shell.start(['worker']);
  await started.says(/^ready/m);
  return started;
}

it(
  'loses no line and doubles none, when workers of several hosts and the client are killed in the middle',
  async () => {
    const [shell, ...others] = shells;
    if (!shell) throw new Error('expected a host');
    const texts = Array.from(
      { length: TEXTS },
      (_, index) => `Review ${index + 1} says that number ${index + 1} was fine.`,
    );
    await shell.write(
      'reviews.jsonl',
      texts.map((text, index) => JSON.stringify({ id: `r${index}`, text })).join('\n'),
    );
    for (const [seed, name] of ['openai', 'huggingface'].entries()) {
      fake.control({
        name,
        random: { probability: 0.01, seed: seed + 1, faults: ['500', 'reset', '422', 'half-body'] },
      });
    }
    const killedAtMs: number[] = [];
    const kill = async (victim: Awaited<ReturnType<typeof workerIn>>) => {
      killedAtMs.push(Date.now());
      victim.signal('SIGKILL');
      await victim.ended;
    };

    const [filesWorker, victim] = await Promise.all(shells.map(workerIn));
    if (!filesWorker || !victim) throw new Error('expected workers');
    const args = [
      'batch',
      'reviews.jsonl',
      '--out',
      'results.jsonl',
      '--id',
      'reviews',
      '--max-cost',
      '2',
      '--concurrency',
      '8',
    ];
    const client = shell.start(args);
    await until(() => answered() > TEXTS * 0.2, STAGE_LIMIT_MS);
    await kill(victim);
    await until(() => answered() > TEXTS * 0.4, STAGE_LIMIT_MS);
    client.signal('SIGKILL');
    await until(() => answered() > TEXTS * 0.6, STAGE_LIMIT_MS);
    await kill(filesWorker);
    await workerIn(shell);
    const { code, stdout } = await shell.understudy(args);

    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining(`${TEXTS.toLocaleString('en')} of`) });
    const output = await readFile(join(shell.folder, 'results.jsonl'), 'utf8');
    const lines = output.trimEnd().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as ResultLine).id)).toEqual(texts.map((_, index) => `r${index}`));
    for (const other of others) {
      expect((await readdir(other.folder)).filter((name) => /results|part/.test(name))).toEqual([]);
    }
    if (TEXTS >= LONG) expect(await runsOf('batch/reviews')).toBeGreaterThan(1);
    expect(repeated().filter(({ endedAtMs = Infinity }) => !inFlightAtAKill(endedAtMs))).toEqual([]);

    function inFlightAtAKill(endedAtMs: number): boolean {
      return killedAtMs.some((atMs) => endedAtMs > atMs - IN_FLIGHT_MS && endedAtMs < atMs + IN_FLIGHT_MS);
    }
  },
  5 * STAGE_LIMIT_MS,
);

/** How many histories a workflow has had. */
async function runsOf(workflowId: string): Promise<number> {
  const connection = await Connection.connect({ address: temporalAddress });
  const { executions } = await connection.workflowService.listWorkflowExecutions({
    namespace: testNamespace(),
    query: `WorkflowId = "${workflowId}"`,
  });
  await connection.close();
  return executions.length;
}

/** Calls that were answered well though a later one asks the same. */
function repeated(): LoggedRequest[] {
  const later = new Set<string>();
  return fake.log
    .filter(({ text, fault }) => text !== PROBE_TEXT && fault === 'ok')
    .toReversed()
    .filter(({ task, textHash }) => {
      const again = later.has(task + textHash);
      later.add(task + textHash);
      return again;
    });
}
