import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { ScheduleOverlapPolicy } from '@temporalio/client';
import type { RecurringReport } from '../../src/domain/schedule/report.js';
import { itStartsServer } from '../support/it-starts-server.js';
import { temporalAddress, testNamespace } from '../support/namespace.js';
import { until } from '../support/until.js';
import { openScheduleStage, titles, type ScheduleStage } from './schedule-stage.js';
import { rss } from './web-server.js';

const items = (count: number) => Array.from({ length: count }, (_, n) => `Item ${n}`).sort();

let stage: ScheduleStage;
beforeAll(async () => {
  stage = await openScheduleStage();
});
afterAll(() => stage.close());

describe('a schedule', () => {
  it('analyzes every item of a growing feed once, though its worker is killed and away for a while', async () => {
    let count = 3;
    stage.web.at('/feed', ({ headers }, response) => {
      const etag = `"${count}"`;
      if (headers['if-none-match'] === etag) return response.writeHead(304).end();
      return response.writeHead(200, { etag }).end(rss(Array.from({ length: count }, (_, n) => n)));
    });
    stage.fake.control({ name: 'openai', latencyMs: 300 });
    await stage.schedule(
      'create',
      'growing',
      '--every',
      '2s',
      '--source',
      `feed:${stage.web.url}/feed`,
      '--out',
      'growing.jsonl',
    );
    await until(async () => (await stage.linesOf('growing.jsonl')).length >= 3);
    for (; count < 9; count += 1) await sleep(400);
    stage.worker.signal('SIGKILL'); // most likely with calls in flight
    for (; count < 20; count += 1) await sleep(300);
    await stage.startWorker();
    for (; count < 26; count += 1) await sleep(400);
    await until(async () => (await stage.linesOf('growing.jsonl')).length >= 26, 60_000);
    await sleep(4_000); // two more runs, with nothing to do
    expect(titles(await stage.linesOf('growing.jsonl'))).toEqual(items(26));
    const answered = stage.fake.requestsTo('openai', 'summarize').filter(({ billed, aborted }) => billed && !aborted);
    const repeated = answered.length - new Set(answered.map(({ textHash }) => textHash)).size;
    // What was answered in the moment of the kill, and reached nobody: its run says so.
    const { count: lost } = await stage.client.workflow.count('UnderstudyFailures = "WorkerLost"');
    expect(repeated).toBeLessThanOrEqual(lost);

    const described = async () => {
      const stdout = await stage.schedule('describe', 'growing', '--json');
      return JSON.parse(stdout) as { next: string[]; lastRuns: { status: string }[] };
    };
    await until(async () => (await described()).lastRuns.length === 5); // fewer while the worker was away
    const { next, lastRuns } = await described();
    expect(next).toHaveLength(5);
    expect(lastRuns.slice(1).every(({ status }) => status === 'COMPLETED')).toBe(true);
    await stage.schedule('pause', 'growing');
  }, 120_000);

  it('takes no more items a run than it may, and lets an item fail alone', async () => {
    stage.web.at('/limited', (_, response) => response.end(rss([200, 201, 202])));
    const limited = [
      '--every',
      '1h',
      '--source',
      `feed:${stage.web.url}/limited`,
      '--out',
      'limited.jsonl',
      '--max-items',
      '2',
    ];
    await stage.schedule('create', 'limited', ...limited);
    stage.fake.script('openai', ['refusal'], 'summarize');
    await stage.schedule('backfill', 'limited', '--from', '2026-01-01T00:30:00Z', '--to', '2026-01-01T02:30:00Z');
    await until(async () => (await stage.linesOf('limited.jsonl')).length === 3);
    const failed = (await stage.linesOf('limited.jsonl')).filter((each) => 'error' in each);
    expect(failed).toMatchObject([{ error: { type: 'Refused' } }]);
  });

  it('spends no more a run than it may, and leaves the other items for the next', async () => {
    const numbers = Array.from({ length: 8 }, (_, n) => 300 + n);
    stage.web.at('/budget', (_, response) => response.end(rss(numbers)));
    const budget = (id: string, usd: number) =>
      stage.schedule(
        'create',
        id,
        '--every',
        '1h',
        '--source',
        `feed:${stage.web.url}/budget`,
        '--out',
        `${id}.jsonl`,
        '--max-cost',
        String(usd),
      );
    const run = async (id: string) => {
      const before = await stage.lastRunOf(id);
      await sleep(1_000); // runs are named by the second
      await stage.client.schedule.getHandle(id).trigger(ScheduleOverlapPolicy.BUFFER_ONE); // it learns late of an end
      await until(async () => {
        const last = await stage.lastRunOf(id);
        return last !== undefined && last !== before && (await stage.statusOf(id)) === 'COMPLETED';
      });
      return (await stage.client.workflow.getHandle(String(await stage.lastRunOf(id))).result()) as RecurringReport;
    };
    await budget('tiny', 0.000_001);
    expect(await run('tiny')).toMatchObject({ taken: 8, failed: 8, costUsd: 0 });
    const [line] = await stage.linesOf('tiny.jsonl');
    const worstCaseUsd = Number(/may cost \$([\d.]+)/.exec(JSON.stringify(line))?.[1]);
    await budget('small', worstCaseUsd * 1.05);
    const first = await run('small');
    expect(first.taken).toBeGreaterThan(0);
    expect(first.left).toBe(8 - first.taken);
    expect(first.left).toBeGreaterThan(0);
    expect(first.costUsd).toBeLessThanOrEqual(worstCaseUsd * 1.05);
    let reports = 0;
    for (let { left } = first; left > 0 && reports < 8; reports += 1) ({ left } = await run('small'));
    expect(titles(await stage.linesOf('small.jsonl'))).toEqual(numbers.map((n) => `Item ${n}`));
  });

  itStartsServer('is what the official command line shows too', async () => {
    const namespace = testNamespace();
    const official = async (...args: string[]) => {
      const { stdout } = await promisify(execFile)(String(process.env.TEST_TEMPORAL_CLI), [
        'schedule',
        ...args,
        '--address',
        temporalAddress,
        '-n',
        namespace,
      ]);
      return stdout;
    };
    await until(async () => /growing\s.*recurring.*true/.test(await official('list')));
    const stdout = await stage.schedule('list');
    expect(stdout).toMatch(/^growing\tevery 2s\tpaused$/m);
    const described = await official('describe', '-s', 'growing');
    expect(described).toMatch(/OverlapPolicy\s+Skip/);
    expect(described).toMatch(/CatchupWindow\s+1d 0h/);
    expect(described).toContain(`feed:${stage.web.url}/feed to growing.jsonl`);
  });
});
