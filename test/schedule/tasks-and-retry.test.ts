import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { text } from 'node:stream/consumers';
import type { Delivery } from '../../src/domain/schedule/delivery.js';
import type { MemoryStatus, Troubled } from '../../src/domain/schedule/memory.js';
import { keysOf } from '../../src/domain/schedule/reading.js';
import { memoryIdOf, type RecurringInput } from '../../src/domain/schedule/recurring.js';
import type { RecurringReport } from '../../src/domain/schedule/report.js';
import { tellMemory } from '../../src/activities/schedule/memory.js';
import { until } from '../support/until.js';
import { read } from './reading.js';
import { openScheduleStage, type ScheduleStage } from './schedule-stage.js';
import { rss } from './web-server.js';

let stage: ScheduleStage;
beforeAll(async () => {
  stage = await openScheduleStage();
});
afterAll(() => stage.close());

const feed = (path: string) => `feed:${stage.web.url}/${path}`;

const secondOf = (ms: number) => Math.floor(ms / 1_000);
/** Runs are named by the second. */
let startedAtS = 0;

/** Starts one run now, and waits for its end. */
async function run(id: string): Promise<RecurringReport> {
  const before = await stage.lastRunOf(id);
  await until(() => secondOf(Date.now()) > startedAtS);
  startedAtS = secondOf(Date.now());
  await stage.client.schedule.getHandle(id).trigger();
  let last = before;
  await until(async () => {
    last = await stage.lastRunOf(id);
    return last !== before;
  });
  return (await stage.client.workflow.getHandle(String(last)).result()) as RecurringReport;
}

async function described(id: string): Promise<{ troubled: Troubled[] }> {
  return JSON.parse(await stage.schedule('describe', id, '--json')) as { troubled: Troubled[] };
}

describe('a schedule', () => {
  it('carries less than 5 kB through a run without news, however many items its feed has', async () => {
    const numbers = Array.from({ length: 3_000 }, (_, n) => n);
    let shown = numbers;
    stage.web.at('/large', (_, response) => response.end(rss(shown)));
    const source = { kind: 'feed', url: `${stage.web.url}/large` } as const;
    const { items, left } = await read(source, undefined, { limit: 3_000 });
    expect([items.length, left]).toEqual([3_000, 0]);
    await tellMemory(stage.client, 'large', { seen: items.flatMap(keysOf) });
    const input: RecurringInput = { schedule: 'large', source, sink: { kind: 'file', path: 'large.jsonl' } };
    await stage.client.schedule.create({
      scheduleId: 'large',
      spec: { intervals: [{ every: '1h' }] },
      action: { type: 'startWorkflow', workflowType: 'recurring', taskQueue: 'understudy', args: [input] },
    });
    expect(await run('large')).toMatchObject({ taken: 0, left: 0 }); // it asks the memory
    expect(await run('large')).toMatchObject({ taken: 0, left: 0 });
    const quiet = await stage.client.workflow.getHandle(String(await stage.lastRunOf('large'))).describe();
    expect(quiet.historySize).toBeLessThan(5_000);
    expect(Number(quiet.closeTime) - Number(quiet.startTime)).toBeLessThan(20_000); // beside others on a busy machine
    shown = [...numbers.slice(1), 3_000];
    expect(await run('large')).toMatchObject({ taken: 1, left: 0 });
    expect(await stage.linesOf('large.jsonl')).toMatchObject([{ title: 'Item 3000' }]);
  });

  it('takes what one result alone is refused for as that result, tells it, and takes it up again when asked', async () => {
    let refuses = true;
    const got: string[] = [];
    stage.web.at('/gate', async (request, response) => {
      const { title = '', id } = JSON.parse(await text(request)) as Delivery;
      got.push(title);
      if (refuses && title === 'Item 11') return response.writeHead(403).end();
      expect(request.headers['webhook-id']).toBe(id);
      return response.writeHead(204).end();
    });
    let numbers = [11];
    stage.web.at('/gated', (_, response) => response.end(rss(numbers)));
    await stage.schedule(
      ...['create', 'gated', '--every', '1h', '--source', feed('gated'), '--webhook', `${stage.web.url}/gate`],
    );
    expect(await run('gated')).toMatchObject({ taken: 1, refused: 1, progress: { doubted: true } });
    numbers = [11, 12, 13];
    expect(await run('gated')).toMatchObject({ taken: 2, refused: 0 });
    expect(await run('gated')).toMatchObject({ taken: 0 });
    expect(got.sort()).toEqual(['Item 11', 'Item 12', 'Item 13']);
    expect((await described('gated')).troubled).toMatchObject([
      { what: 'refused', name: 'Item 11', error: { type: 'ResultRefused', message: expect.stringContaining('403') } },
    ]);

    refuses = false;
    expect(await stage.schedule('retry', 'gated')).toContain('1 item taken up again');
    await until(() => got.length === 4);
    expect(got[3]).toBe('Item 11');
    await until(async () => (await described('gated')).troubled.length === 0);
  });

  it('answers the tasks that it is told, in the order of the source, and takes up again what failed under an id of its own', async () => {
    stage.web.at('/asked', (_, response) => response.end(rss([21, 22, 23])));
    stage.fake.script('openai', ['refusal'], 'topics');
    await stage.schedule(
      ...['create', 'asked', '--every', '1h', '--source', feed('asked'), '--out', 'asked.jsonl'],
      ...['--task', 'topics,sentiment', '--max-cost', '1'], // one at a time
    );
    expect(await run('asked')).toMatchObject({ taken: 3, failed: 1 });
    const lines = await stage.linesOf('asked.jsonl');
    expect(lines).toMatchObject([
      { title: 'Item 21', error: { type: 'Refused' } },
      { title: 'Item 22', values: { topics: expect.anything(), sentiment: { label: 'POSITIVE' } } },
      { title: 'Item 23', providers: { topics: 'openai', sentiment: 'huggingface' } },
    ]);
    await stage.schedule('retry', 'asked');
    await until(async () => (await stage.linesOf('asked.jsonl')).length === 4);
    const [first, , , again] = await stage.linesOf('asked.jsonl');
    expect(again).toMatchObject({ title: 'Item 21', id: `${String(first?.id)}/2`, values: { sentiment: {} } });
  });

  it('leaves what a deadline ended during an outage for the next run, and writes no error', async () => {
    stage.web.at('/away', (_, response) => response.end(rss([31])));
    stage.fake.always('openai', '503');
    stage.fake.always('huggingface', '503');
    await stage.schedule(
      ...['create', 'away', '--every', '1h', '--source', feed('away'), '--out', 'away.jsonl', '--deadline', '2s'],
    );
    const { progress, ...report } = await run('away');
    expect(report).toMatchObject({ taken: 0, left: 1, putOff: { type: 'DeadlineExceeded' } });
    expect(progress.putOffKeys).toHaveLength(1); // at the next run others go before it
    expect(await stage.linesOf('away.jsonl')).toEqual([]);
    stage.fake.always('openai', undefined);
    stage.fake.always('huggingface', undefined);
    await until(async () => (await run('away')).taken === 1, 90_000); // the outages end by themselves
    expect(await stage.linesOf('away.jsonl')).toMatchObject([{ title: 'Item 31', sentiment: { label: 'POSITIVE' } }]);
  }, 120_000);

  it('forgets what it has seen when it is deleted', async () => {
    const memory = stage.client.workflow.getHandle(memoryIdOf('large'));
    expect((await memory.query<MemoryStatus>('status')).seen).toBeGreaterThan(3_000);
    await stage.schedule('delete', 'large');
    await memory.result();
    expect((await memory.query<MemoryStatus>('status')).seen).toBe(0);
  });
});
