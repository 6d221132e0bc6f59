import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RecurringInput } from '../../src/domain/schedule/recurring.js';
import type { RecurringReport } from '../../src/domain/schedule/report.js';
import { ANALYZE_TASK_QUEUE } from '../../src/domain/task-queues.js';
import { rss, startWebServer } from '../schedule/web-server.js';
import { until } from '../support/until.js';
import { openStage } from './stage.js';
import { median } from './statistics.js';

/**
 * `BENCH_ITEMS=3000 BENCH_SECONDS=120 npm run bench:schedule`: a feed of so many items; how long its first run takes, and
 * what a run without news costs, polled every two seconds for so long.
 */
const items = Number(process.env.BENCH_ITEMS ?? 3_000);
const seconds = Number(process.env.BENCH_SECONDS ?? 120);
const FOLDER = join('.understudy', `bench-${randomUUID()}`); // inside the worker's files.root
const FIRST_RUN_LIMIT_MS = 1_200_000;

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130)); // with its children
await mkdir(FOLDER, { recursive: true });
const stage = await openStage();
const web = await startWebServer();
try {
  const { client } = stage;
  const feed = rss(Array.from({ length: items }, (_, n) => n));
  web.at('/feed', (_, response) => response.end(feed));
  const path = join(FOLDER, 'results.jsonl');
  const input: RecurringInput = {
    schedule: 'bench',
    source: { kind: 'feed', url: `${web.url}/feed` },
    sink: { kind: 'file', path },
  };
  const schedule = await client.schedule.create({
    scheduleId: 'bench',
    spec: { intervals: [{ every: '2s' }] },
    action: {
      type: 'startWorkflow',
      workflowType: 'recurring',
      workflowId: 'recurring/bench',
      taskQueue: ANALYZE_TASK_QUEUE,
      args: [input],
    },
  });
  const startedAtMs = performance.now();
  const linesNow = async () => (await readFile(path, 'utf8').catch(() => '')).split('\n').length - 1;
  await until(async () => (await linesNow()) >= items, FIRST_RUN_LIMIT_MS);
  const tookS = (performance.now() - startedAtMs) / 1_000;
  console.log(`${items} items: ${tookS.toFixed(1)} s for the first run, ${(items / tookS).toFixed(1)}/s`);

  await sleep(seconds * 1_000);
  await schedule.pause();
  const [bytes, ms, events]: [number[], number[], number[]] = [[], [], []];
  for await (const { workflowId, runId, status } of client.workflow.list({ query: "WorkflowType = 'recurring'" })) {
    if (status.name !== 'COMPLETED') continue;
    const handle = client.workflow.getHandle(workflowId, runId);
    const { taken } = (await handle.result()) as RecurringReport;
    const { historySize, historyLength, startTime, closeTime } = await handle.describe();
    if (taken > 0 || closeTime === undefined) continue;
    bytes.push(historySize ?? 0);
    events.push(historyLength);
    ms.push(closeTime.getTime() - startTime.getTime());
  }
  console.log(
    `${bytes.length} runs without news: ${Math.max(...bytes)} bytes at most, ${median(bytes)} in the middle; ` +
      `${Math.max(...events)} events; ${Math.max(...ms)} ms at most, ${median(ms)} in the middle`,
  );
  if ((await linesNow()) !== items) throw new Error(`${await linesNow()} lines of ${items}`);
} finally {
  await web.close();
  await stage.close();
  await rm(FOLDER, { recursive: true });
}
