import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, stat, symlink, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import type { BatchInput } from '../../src/domain/batch/batch.js';
import { emptyTally } from '../../src/domain/batch/tally.js';
import { PROBE_TEXT } from '../../src/domain/outage/outage.js';
import type { LoggedRequest } from '../support/fake-providers.js';
import { until } from '../support/until.js';
import { jsonl, openBatchStage, type BatchStage } from './batch-stage.js';

let stage: BatchStage;
let rig: BatchStage['rig'];
let shell: BatchStage['shell'];
beforeAll(async () => {
  stage = await openBatchStage();
  ({ rig, shell } = stage);
});
afterAll(() => stage.close());
afterEach(() => rig.heal());

const batch = (...args: string[]) => stage.batch(...args);
const linesOf = (name: string) => stage.linesOf(name);

describe('batch', () => {
  it('writes one line for each of the input, in order, and tells what came of them', async () => {
    await shell.write('reviews.jsonl', `${jsonl(60)}\nnot json\n{"id":"r1","text":"Twice."}\n`);
    const { code, stdout, stderr } = await batch('reviews.jsonl', '--out', 'results.jsonl', '--id', 'reviews');
    expect({ code, stderr }).toMatchObject({ code: 1 });
    const lines = await linesOf('results.jsonl');
    expect(lines.map(({ line }) => line)).toEqual(Array.from({ length: 62 }, (_, index) => index + 1));
    expect(lines[0]).toMatchObject({
      id: 'r1',
      sentiment: { label: 'POSITIVE', score: 0.99 },
      providers: { summarize: 'openai', sentiment: 'huggingface' },
    });
    expect(lines[60]).toMatchObject({ line: 61, error: { type: 'BadLine', message: 'line 61: not JSON' } });
    expect(lines[61]).toMatchObject({
      line: 62,
      id: 'r1',
      error: { message: expect.stringContaining('duplicate id') },
    });
    expect(stdout).toMatch(/62 of 62 done, 2 failed/);
    expect(stdout).toMatch(/BadLine 2/);
    const asked = rig.fake.log.map(({ name: provider, task, textHash }) => [provider, task, textHash].join(' '));
    expect([asked.length, new Set(asked).size]).toEqual([120, 120]);

    const again = await batch('reviews.jsonl', '--out', 'results.jsonl', '--id', 'reviews', '--json');
    expect(JSON.parse(again.stdout)).toMatchObject({ id: 'reviews', total: 62, tally: { succeeded: 60, failed: 2 } });
    expect((await batch('status', 'reviews')).stdout).toMatch(/62 of 62 done/);
    await until(async () => (await batch('list')).stdout.includes('reviews\tcompleted\t62 of 62 done, 2 failed'));
    const listed = JSON.parse((await batch('list', '--json')).stdout) as unknown[];
    expect(listed).toContainEqual({
      id: 'reviews',
      state: 'completed',
      startedAt: expect.any(String),
      input: expect.objectContaining({ output: join(shell.folder, 'results.jsonl') }),
      status: expect.objectContaining({ total: 62, tally: expect.objectContaining({ succeeded: 60, failed: 2 }) }),
    });
    expect(rig.fake.log).toHaveLength(120);
  });

  it('takes a CSV by its columns, a text file by its lines, and a folder by its files', async () => {
    await shell.write('a.csv', 'nr,review\n1,"Good, really."\n2,Bad.\n');
    await shell.write('a.txt', 'One.\nTwo.\n');
    await mkdir(join(shell.folder, 'texts'));
    await shell.write('texts/a.txt', 'A.');
    const [csv, text, folder] = await Promise.all([
      batch('a.csv', '--out', 'csv.jsonl', '--text-column', 'review', '--id-column', 'nr'),
      batch('a.txt', '--out', 'txt.jsonl'),
      batch('texts'),
    ]);
    expect([csv.code, text.code, folder.code]).toEqual([0, 0, 0]);
    expect((await linesOf('csv.jsonl')).map(({ line, id }) => [line, id])).toEqual([
      [2, '1'],
      [3, '2'],
    ]);
    expect((await linesOf('txt.jsonl')).map(({ id }) => id)).toEqual([1, 2]);
    expect((await linesOf('texts.results.jsonl')).map(({ id }) => id)).toEqual(['a.txt']);
  });

  it('takes a folder again after a file has come between the others', async () => {
    await mkdir(join(shell.folder, 'growing'));
    await shell.write('growing/a.txt', 'A.');
    await shell.write('growing/c.txt', 'C.');
    expect((await batch('growing', '--out', 'growing-1.jsonl')).code).toBe(0);
    await shell.write('growing/b.txt', 'B.');
    expect((await batch('growing', '--out', 'growing-2.jsonl')).code).toBe(0);
    expect((await linesOf('growing-2.jsonl')).map(({ id }) => id)).toEqual(['a.txt', 'b.txt', 'c.txt']);
  });

  it('pays equal texts once, also over pages, and says on each line of which it has the result', async () => {
    const texts = Array.from({ length: 54 }, (_, index) => (index % 27 === 26 ? 'Same.' : `Text ${index} was good.`));
    const rows = [...texts, 'Same.', 'Text 3 was good.'].map((text, index) => JSON.stringify({ id: index, text }));
    await shell.write('same.jsonl', rows.join('\n'));
    rig.fake.log.length = 0;
    const { code, stdout } = await batch('same.jsonl', '--concurrency', '5', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ total: 56, tally: { succeeded: 56, failed: 0 } });
    const lines = await linesOf('same.results.jsonl');
    expect(lines.map(({ line }) => line)).toEqual(rows.map((_, index) => index + 1));
    expect(lines.flatMap(({ line, sameAs }) => (sameAs === undefined ? [] : [[line, sameAs]]))).toEqual([
      [54, 27], // of the page before
      [55, 27],
      [56, 4],
    ]);
    const [paid, copy] = [lines[3], lines[55]];
    expect(copy).toEqual({ ...paid, line: 56, id: 55, sameAs: 4, costUsd: 0 });
    expect(rig.fake.requestsTo('openai', 'summarize')).toHaveLength(53);
    expect((await readdir(shell.folder)).filter((name) => name.endsWith('.part'))).toEqual([]);

    expect((await batch('same.jsonl', '--out', 'each.jsonl', '--no-dedupe')).code).toBe(0);
    expect((await linesOf('each.jsonl')).filter((line) => 'sameAs' in line)).toEqual([]);
    expect(rig.fake.requestsTo('openai', 'summarize')).toHaveLength(53 + 56);
  }, 180_000);

  it('is drawn in one file that counts what the output has, and holds no text', async () => {
    await shell.write('drawn.jsonl', `${jsonl(3)}\nnot json <b>\n{"id":"x","text":"Text 1 was good."}\n`);
    await batch('drawn.jsonl', '--id', 'drawn');
    const { code, stdout } = await batch('report', 'drawn', '--out', 'drawn.html');
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'drawn.html\n' });
    const html = await readFile(join(shell.folder, 'drawn.html'), 'utf8');
    const figure = (name: string) => new RegExp(`<th>${name}</th><td>([^<]*)</td>`).exec(html)?.[1];
    expect(['Lines', 'Succeeded', 'Failed', 'Equal texts, not paid again'].map(figure)).toEqual(['5', '4', '1', '1']);
    expect(html.match(/<svg /g)).toHaveLength(5);
    expect(html).not.toMatch(/was good|<script|<link|src=/);
    expect(await batch('report', 'nobody')).toMatchObject({ code: 2, stderr: expect.stringContaining('no batch') });
  });

  it('does all others while one text waits for its providers, and then writes them in order', async () => {
    await shell.write('wait.jsonl', jsonl(120)); // three pages
    const bothAbout = (about: { holds: string; fault: '503' } | null) => {
      for (const name of ['openai', 'huggingface']) rig.fake.control({ name, about });
    };
    bothAbout({ holds: 'Text 7 was', fault: '503' });
    rig.fake.log.length = 0;
    const running = shell.start(['batch', 'wait.jsonl', '--id', 'wait', '--concurrency', '5', '--deadline', '1h']);
    const judged = () => {
      const isAnswer = ({ task, fault, text }: LoggedRequest) =>
        task === 'sentiment' && fault === 'ok' && text !== PROBE_TEXT;
      const good = rig.fake.log.filter(isAnswer);
      return new Set(good.map(({ textHash }) => textHash)).size;
    };
    await until(() => judged() === 119, 120_000);
    bothAbout(null);
    expect((await running.ended).code).toBe(0);
    expect(judged()).toBe(120);
    expect((await linesOf('wait.results.jsonl')).map(({ line }) => line)).toEqual(
      Array.from({ length: 120 }, (_, index) => index + 1),
    );
  }, 180_000);

  it('leaves an output alone that another batch has begun, though nothing is in it yet', async () => {
    await shell.write('shared.jsonl', jsonl(2));
    for (const name of ['openai', 'huggingface']) rig.fake.control({ name, latencyMs: 1_500 });
    const first = shell.start(['batch', 'shared.jsonl', '--id', 'first', '--out', 'shared.out.jsonl']);
    await until(() => rig.fake.log.length > 0);
    const { code, stderr } = await batch('shared.jsonl', '--id', 'second', '--out', 'shared.out.jsonl');
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('shared.out.jsonl exists') });
    expect(await first.ended).toMatchObject({ code: 0 });
  });

  it('is listed also when another client has started it and no worker has taken it', async () => {
    const workflowId = 'batch/foreign';
    await rig.client.workflow.start('batch', { taskQueue: 'nobody', workflowId, args: [] });
    await until(async () => (await batch('list')).stdout.includes('foreign\trunning\t-\t-'));
    expect(await batch('status', 'foreign')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('waits for a worker'),
    });
    await rig.client.workflow.getHandle(workflowId).terminate();
  });

  it('stops paying when its results cannot be written any more, and says why', async () => {
    await shell.write('cut.jsonl', jsonl(130));
    rig.fake.control({ name: 'openai', latencyMs: 100 });
    const running = shell.start(['batch', 'cut.jsonl', '--id', 'cut', '--concurrency', '4']);
    const results = join(shell.folder, 'cut.results.jsonl');
    await until(async () => (await stat(results).catch(() => ({ size: 0 }))).size > 0, 120_000);
    await truncate(results, 1);
    const { code, stderr } = await running.ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(/batch cut is failed: .*cut\.results\.jsonl was cut while the batch ran/);
    expect(rig.fake.requestsTo('openai').length).toBeLessThan(130);
  }, 180_000);

  it('never spends more than --max-cost on all texts together, and says so on the lines that are left', async () => {
    await shell.write('dear.jsonl', jsonl(30));
    const maxCostUsd = 0.0115; // one call costs some 0.0001, and at worst some 0.01
    const { code } = await batch('dear.jsonl', '--id', 'dear', '--max-cost', String(maxCostUsd), '--concurrency', '5');
    expect(code).toBe(1);
    const lines = await linesOf('dear.results.jsonl');
    expect(lines).toHaveLength(30);
    const spentUsd = lines.reduce((sum, { costUsd }) => sum + (costUsd ?? NaN), 0);
    expect(spentUsd).toBeLessThanOrEqual(maxCostUsd);
    expect(spentUsd).toBeGreaterThan(0);
    const left = lines.filter((line) => 'error' in line);
    expect(new Set(left.map((line) => 'error' in line && line.error.type))).toEqual(new Set(['BudgetExceeded']));
    expect(await batch('retry', 'dear')).toMatchObject({ code: 2, stderr: expect.stringContaining('had --max-cost') });
  });
});

describe('in one line and with exit code 2, it refuses', () => {
  beforeAll(async () => {
    await shell.write('good.jsonl', jsonl(2));
    await shell.write('no-column.csv', 'id,words\n1,hello\n');
    await shell.write('empty.jsonl', '');
    await shell.write('only-header.csv', 'id,text\n');
    await shell.write('taken.jsonl', 'somebody’s\n');
    await shell.write('x.pdf', 'x');
    await mkdir(join(shell.folder, 'nothing-in-it'));
    await symlink('/etc', join(shell.folder, 'link'));
  });
  it.each<[string, Partial<BatchInput> | null, RegExp]>([
    ['an empty file', { input: 'empty.jsonl' }, /empty\.jsonl is empty/],
    ['a CSV without rows', { input: 'only-header.csv' }, /only-header\.csv is empty/],
    ['an empty folder', { input: 'nothing-in-it' }, /nothing-in-it is empty/],
    ['a missing id column', { input: 'no-column.csv', textColumn: 'words', idColumn: 'nr' }, /no column "nr"/],
    ['a format that it does not know', { input: 'x.pdf' }, /x\.pdf: expected .*\.jsonl/],
    ['a link that leads outside the root', { input: 'link' }, /link is outside/],
    ['a way out of the root', { input: '../../etc/passwd' }, /passwd is outside/],
    ['an output outside the root', { output: '/tmp/understudy-out.jsonl' }, /\/tmp\/understudy-out\.jsonl is outside/],
    [
      'an output in a folder that is not there',
      { output: 'no/where.jsonl' },
      /no\/where\.jsonl: no such file or folder/,
    ],
    ['an output that is a folder', { output: 'nothing-in-it' }, /nothing-in-it: it is there, and no file/],
    ['an output that exists', { output: 'taken.jsonl' }, /taken\.jsonl exists/],
    ['the input as output', { output: 'good.jsonl' }, /good\.jsonl is part of the input/],
    ['too many at once', { concurrency: 5_000 }, /concurrency: .*1000/],
    ['an input that is none', null, /expected object/],
    ['a fraction', { concurrency: 1.5 }, /concurrency: expected int/],
    ['a path that is a number', { input: 7 as unknown as string }, /input: expected string/],
    ['no money', { maxCostUsd: -1 }, /maxCostUsd: /],
    ['a field that it does not know', { maxCostUSD: 1 } as Partial<BatchInput>, /maxCostUSD: unknown field/],
    ['an encoding that nobody knows', { encoding: 'klingon' }, /encoding: expected a name like/],
  ])('%s', async (_, input, words) => {
    const args = [input && { input: 'good.jsonl', output: 'out.jsonl', concurrency: 1, ...input }];
    const run = rig.client.workflow.execute('batch', { taskQueue: 'understudy', workflowId: randomUUID(), args });
    await expect(run).rejects.toMatchObject({ cause: { type: 'InvalidInput', message: expect.stringMatching(words) } });
  });

  it('a state that a client claims to carry', async () => {
    const source = { format: 'text', path: '/etc/passwd', textColumn: 'text', idColumn: 'id' };
    const opened = { source, output: '/tmp/understudy-out.jsonl', total: 1, queue: 'here', tag: 'tag' };
    const nothing = { pages: 0, open: [], over: [], nextInOutput: 0, copied: [], bytes: 0, leftUsd: 0 };
    const at = { startedAt: new Date().toISOString(), cursor: { offset: 0, line: 1 }, tally: emptyTally() };
    const state = { opened, ...nothing, ...at };
    const args = [{ input: 'good.jsonl', output: 'out.jsonl', concurrency: 1 }, state];
    const run = rig.client.workflow.execute('batch', { taskQueue: 'understudy', workflowId: randomUUID(), args });
    await expect(run).rejects.toMatchObject({
      cause: { type: 'InvalidInput', message: expect.stringContaining('goes on from another') },
    });
  });

  it.each<[string, string[], RegExp]>([
    ['a file that is not there', ['nosuch.jsonl'], /nosuch\.jsonl: no such file/],
    ['a missing column', ['no-column.csv'], /no column "text".*id, words/],
    ['a folder outside the root', ['/etc'], /\/etc is outside/],
    ['a concurrency of zero', ['good.jsonl', '--concurrency', '0'], /'0'.*from 1 to 1000/],
    ['a batch that is not there', ['status', 'nobody'], /no batch nobody/],
  ])('%s, on the command line', async (_, args, words) => {
    const { code, stderr } = await batch(...args);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(words) });
    expect(stderr.trim().split('\n').length).toBeLessThanOrEqual(2);
  });
});
