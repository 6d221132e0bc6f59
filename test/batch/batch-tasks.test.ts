import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { tasksFor } from '../workflows/ask/tasks.js';
import { openBatchStage, type BatchStage } from './batch-stage.js';

const ORDER = { customer: { name: 'Ada', tier: 'gold' }, lines: [{ sku: 'kettle', quantity: 2 }] };

let stage: BatchStage;
let rig: BatchStage['rig'];
let shell: BatchStage['shell'];
beforeAll(async () => {
  stage = await openBatchStage(tasksFor);
  ({ rig, shell } = stage);
});
afterAll(() => stage.close());
afterEach(() => rig.heal());

const batch = (...args: string[]) => stage.batch(...args);

describe('batch --task', () => {
  it('asks a task of each line, gives JSON to the model as it stands, and writes answers as JSON', async () => {
    rig.fake.always('plain', { says: { ...ORDER, lines: 'two' } }, 'order');
    rig.fake.always('openai', { says: ORDER }, 'order');
    const lines = [
      '{"id":"a","text":"Ada ordered two kettles."}',
      '{"id": 12345678901234567890, "customer": {"nr": 98765432109876543210}}',
      '{"id":"c","text":{"sku": 1.10, "n":[1,2]}}',
      '["a list", 2]',
      '"A text alone."',
      'null',
      '{"id":"g","text":null}',
    ];
    await shell.write('orders.jsonl', `${lines.join('\n')}\n`);
    const { code, stdout, stderr } = await batch('orders.jsonl', '--task', 'order', '--id', 'orders');
    expect({ code, stderr }).toMatchObject({ code: 1 });
    expect(stdout).toMatch(/7 of 7 done, 2 failed/);
    expect(stdout).toMatch(/order by:\s+openai 5/);
    expect(stdout).not.toMatch(/Summarized by|Sentiment/);
    const results = await stage.linesOf('orders.order.results.jsonl');
    expect(results[0]).toEqual({
      line: 1,
      id: 'a',
      values: { order: ORDER },
      providers: { order: 'openai' },
      costUsd: expect.any(Number),
    });
    expect(results.slice(5)).toMatchObject([
      { line: 6, error: { type: 'BadLine', message: 'line 6: not a JSON object' } },
      { line: 7, id: 'g', error: { type: 'BadLine', message: 'line 7: no text in "text"' } },
    ]);
    const asked = rig.fake.requestsTo('openai', 'order').map(({ text }) => text);
    expect(asked.sort()).toEqual(
      ['Ada ordered two kettles.', lines[1], '{"sku": 1.10, "n":[1,2]}', lines[3], 'A text alone.'].sort(),
    );
    expect(JSON.parse((await batch('status', 'orders', '--json')).stdout)).toMatchObject({ tasks: ['order'] });
  });

  it('asks several tasks of a text in one run', async () => {
    rig.fake.always('openai', { says: ['kettles'] }, 'topics');
    rig.fake.always('claude', { says: 2 }, 'count');
    await shell.write('two.jsonl', '{"id":1,"text":"Two kettles."}\n{"id":2,"text":"A lamp."}\n');
    const { stderr } = await batch('two.jsonl', '--task', 'sentiment,topics,count', '--id', 'two', '--max-cost', '1');
    expect(stderr).toContain('two.sentiment-topics-count.results.jsonl');
    const results = await stage.linesOf('two.sentiment-topics-count.results.jsonl');
    expect(results[1]).toMatchObject({
      id: 2,
      values: { sentiment: { label: 'POSITIVE', score: 0.99 }, topics: ['kettles'], count: 2 },
      providers: { sentiment: 'openai', topics: 'openai', count: 'claude' },
    });
    const workflowId = `batch/two/1-`;
    const runs = await shell.understudy(['runs', 'list', '--json']);
    expect(runs.stdout.split(workflowId)).toHaveLength(2);
  });

  it('asks again what failed, all tasks of it', async () => {
    rig.fake.always('openai', { says: ['kettles'] }, 'topics');
    for (const name of ['openai', 'claude', 'plain']) rig.fake.always(name, { says: 'no number' }, 'count');
    await shell.write('three.jsonl', '{"id":1,"text":"Three kettles."}\n');
    const failed = await batch('three.jsonl', '--task', 'topics,count', '--out', 'three.out.jsonl', '--id', 'three');
    expect(failed.code).toBe(1);
    expect(await stage.linesOf('three.out.jsonl')).toMatchObject([
      { error: { type: 'NoProviderLeft', message: expect.stringContaining('no provider can answer count') } },
    ]);
    await rig.heal(); // wrong answers are evidence of an outage
    rig.fake.always('openai', { says: ['kettles'] }, 'topics');
    rig.fake.always('claude', { says: 3 }, 'count');
    expect(await batch('retry', 'three')).toMatchObject({ code: 0, stdout: expect.stringContaining('count by') });
    expect(await stage.linesOf('three.out.jsonl')).toMatchObject([{ values: { topics: ['kettles'], count: 3 } }]);
    const report = await batch('report', 'three', '--out', 'three.html');
    expect(report).toMatchObject({ code: 0, stdout: 'three.html\n' });
  });

  it.each([
    [['--task', 'topcs'], 'understudy.yaml: no task "topcs" is configured, did you mean topics?'],
    [['--task', 'topics', '--task', 'count'], 'given twice; name several like sentiment,topics'],
    [['--task', 'topics,topics'], 'expected names of tasks, each once, like sentiment,topics'],
    [['--task', 'topics,'], 'expected names of tasks, each once, like sentiment,topics'],
    [['--task', 'a b/c'], 'expected names of tasks, each once, like sentiment,topics'],
  ])('%j is refused in one line before a server is asked', async (options, says) => {
    await shell.write('x.jsonl', '{"text":"A text."}\n');
    const { code, stderr } = await shell.understudy(['batch', 'x.jsonl', ...options], {
      env: { TEMPORAL_ADDRESS: '127.0.0.1:1' },
    });
    expect({ code, lines: stderr.trim().split('\n').length }).toEqual({ code: 2, lines: 1 });
    expect(stderr).toContain(says);
  });

  it('a task that no worker knows makes no output, whichever client asks for it', async () => {
    await shell.write('y.jsonl', '{"text":"A text."}\n');
    const input = { input: join(shell.folder, 'y.jsonl'), output: join(shell.folder, 'y.out.jsonl'), concurrency: 2 };
    const run = rig.client.workflow.execute('batch', {
      taskQueue: 'understudy',
      workflowId: `batch/${randomUUID()}`,
      args: [{ ...input, tasks: ['nothing'] }],
    });
    await expect(run).rejects.toMatchObject({
      cause: { type: 'InvalidInput', message: expect.stringContaining('no task nothing is configured') },
    });
    expect(existsSync(input.output)).toBe(false);
  });
});
