import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BatchStatus } from '../../src/domain/batch/batch.js';
import { ANALYZE_TASK_QUEUE } from '../../src/domain/task-queues.js';
import { until } from '../support/until.js';
import { startFollower } from './batch-follower.js';
import { rate, runsOn } from './runs.js';
import { openStage, type Stage } from './stage.js';
import { median } from './statistics.js';
import { ratios } from './table.js';

/**
 * `BENCH_TEXTS=1000,10000 BENCH_ROUNDS=3 BENCH_CONCURRENCY=50 npm run bench:batch`: texts per second through `batch`, beside the bare
 * two-activity workflows at the same concurrency, in turn; memory of the client, and of the worker in each quarter; the parent's history. With `BENCH_WAITS_S=120`
 * in place of that: a batch of each size whose providers are down for so long for one text alone, beside one without.
 */
const sizes = (process.env.BENCH_TEXTS ?? '1000,10000').split(',').map(Number);
const rounds = Number(process.env.BENCH_ROUNDS ?? 3);
const concurrency = Number(process.env.BENCH_CONCURRENCY ?? 50);
const waitsS = Number(process.env.BENCH_WAITS_S ?? 0);
const BARE = ['bare', 'bareHttp', 'bareAlike'] as const;
const MAX_BARE = 500;
const SAMPLE_EVERY_MS = 1_000;
const FOLDER = join('.understudy', `bench-${randomUUID()}`); // inside the worker's files.root

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130)); // with its children
await mkdir(FOLDER, { recursive: true });
const stage = await openStage();
try {
  const runs = runsOn(stage);
  const allBare = async (count: number) => {
    const perSecond: number[] = [];
    for (const name of BARE) perSecond.push(await rate(runs[name], count, concurrency));
    return perSecond;
  };
  await allBare(200);
  await batchOf(stage, 200);
  if (waitsS > 0) for (const texts of sizes) await besideOneThatWaits(stage, texts);
  for (const texts of waitsS > 0 ? [] : sizes) {
    const ours: number[] = [];
    const theirs: number[][] = BARE.map(() => []);
    for (let round = 0; round < rounds; round++) {
      const before = await allBare(Math.min(texts, MAX_BARE));
      const { perSecond, told } = await batchOf(stage, texts);
      const after = await allBare(Math.min(texts, MAX_BARE)); // a server slows down as its database grows
      const each = BARE.map((name, at) => {
        const [first = NaN, last = NaN] = [before[at], after[at]];
        theirs[at]?.push((first + last) / 2);
        return `${name} ${first.toFixed(1)}/s before, ${last.toFixed(1)}/s after`;
      });
      console.log(`${texts} texts: ${perSecond.toFixed(1)}/s; ${told}; ${each.join('; ')}`);
      ours.push(perSecond);
    }
    const each = BARE.map((name, at) => {
      const all = theirs[at] ?? [];
      return `${name} ${median(all).toFixed(1)}/s, ratio ${ratios(ours, all)}`;
    });
    console.log(`${texts} texts, ${concurrency} at once: ${median(ours).toFixed(1)}/s; ${each.join('; ')}`);
  }
} finally {
  await stage.close();
  await rm(FOLDER, { recursive: true });
}

async function batchOf({ client }: Stage, texts: number): Promise<{ perSecond: number; told: string }> {
  const input = join(FOLDER, `${randomUUID()}.jsonl`);
  const output = `${input}.results.jsonl`;
  const line = (_: unknown, index: number) =>
    JSON.stringify({ id: index, text: `Review ${index}: it came quickly, works well, and I would buy it again.` });
  await writeFile(input, Array.from({ length: texts }, line).join('\n'));
  const workflowId = `batch/${randomUUID()}`;
  const handle = await client.workflow.start('batch', {
    taskQueue: ANALYZE_TASK_QUEUE,
    workflowId,
    args: [{ input, output, concurrency }],
  });
  const follower = startFollower(client, workflowId.slice('batch/'.length));
  const memory: number[] = [];
  const sampling = setInterval(() => memory.push(workerMegabytes()), SAMPLE_EVERY_MS);
  const { startedAt, endedAt, tally } = (await handle.result()) as BatchStatus;
  clearInterval(sampling);
  const clientMegabytes = await follower.peakMegabytes();
  const lines = (await readFile(output, 'utf8')).trimEnd().split('\n');
  const inOrder = lines.every((line, index) => line.startsWith(`{"line":${index + 1},`));
  if (!inOrder || lines.length !== texts || tally.succeeded !== texts)
    throw new Error(`${lines.length} lines of ${texts}`);
  const histories: number[] = [];
  await until(async () => {
    histories.length = 0; // the list learns of an end a moment later
    for await (const { historyLength } of client.workflow.list({ query: `WorkflowId = "${workflowId}"` })) {
      histories.push(historyLength);
    }
    return histories.length > 0 && !histories.includes(0);
  });
  const told =
    `client ${clientMegabytes} MB, worker ${quartersOf([...memory, workerMegabytes()])} MB, ` +
    `parent ${histories.length} histories of at most ${Math.max(...histories)} events`;
  return { perSecond: texts / ((Date.parse(String(endedAt)) - Date.parse(startedAt)) / 1_000), told };
}

/** The median of each quarter of a batch: what is kept of every text would make each larger than the one before. */
function quartersOf(samples: readonly number[]): string {
  const quarter = Math.ceil(samples.length / 4);
  const each = [0, 1, 2, 3].map((index) => samples.slice(index * quarter, (index + 1) * quarter));
  return each.flatMap((some) => (some.length > 0 ? Math.round(median(some)) : [])).join(', ');
}

/** One text in the middle of a batch finds both providers down for a while. */
async function besideOneThatWaits(stage: Stage, texts: number): Promise<void> {
  const alone = await batchOf(stage, texts);
  console.log(`${texts} texts: ${(texts / alone.perSecond).toFixed(1)} s`);
  const holds = `Review ${Math.round(texts / 4)}:`;
  const about = (fault: { holds: string; fault: '503' } | null) =>
    Promise.all(['openai', 'huggingface'].map((name) => stage.control({ name, about: fault })));
  await about({ holds, fault: '503' });
  const startedAtMs = Date.now();
  const back = sleep(waitsS * 1_000).then(() => about(null));
  const { perSecond } = await batchOf(stage, texts);
  await back;
  const answers = (await stage.log()).filter(({ atMs, fault }) => atMs > startedAtMs && fault === 'ok');
  const others = answers
    .filter(({ text }) => text.startsWith('Review') && !text.includes(holds))
    .map(({ endedAtMs = 0 }) => endedAtMs);
  const othersS = (Math.max(...others) - startedAtMs) / 1_000;
  const lastS = texts / perSecond;
  console.log(
    `one that waits for ${waitsS} s: all others after ${othersS.toFixed(1)} s, it after ${lastS.toFixed(1)} s`,
  );
}

function workerMegabytes(): number {
  const children = execFileSync('ps', ['-o', 'rss=,args=', '--ppid', String(process.pid)], { encoding: 'utf8' });
  const ours = children.split('\n').find((line) => line.includes('dist/client.js worker'));
  return Math.round(Number(ours?.trim().split(' ')[0]) / 1_024);
}
