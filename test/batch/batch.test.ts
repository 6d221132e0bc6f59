import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, stat, symlink, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BatchInput } from '../../src/domain/batch.js';
import type { ResultLine } from '../../src/domain/result-line.js';
import { openShell, type Ended, type Shell } from '../support/command-line.js';
import { temporalAddress, testNamespace } from '../support/namespace.js';
import { configFor, KEYS, openRig, until, type Rig } from '../support/rig.js';

let rig: Rig;
let shell: Shell;
beforeAll(async () => {
  shell = await openShell({ ...KEYS, TEMPORAL_ADDRESS: temporalAddress, TEMPORAL_NAMESPACE: testNamespace() });
  const price = 'price: { inputPerMillionTokens: 1, outputPerMillionTokens: 2 }';
  const files = `files: { root: "${shell.folder}" }`;
  rig = await openRig((fake) => configFor(fake, files).replace('timeoutMs: 2000 }', `timeoutMs: 2000, ${price} }`));
});
afterAll(async () => {
  await shell.close();
  await rig.close();
});
afterEach(() => rig.heal());

const jsonl = (count: number, text = (n: number) => `Text ${n} was good.`) =>
  Array.from({ length: count }, (_, index) => JSON.stringify({ id: `r${index + 1}`, text: text(index + 1) })).join(
    '\n',
  );

async function linesOf(name: string): Promise<ResultLine[]> {
  const content = await readFile(join(shell.folder, name), 'utf8');
  expect(content.endsWith('\n')).toBe(true);
  return content
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as ResultLine);
}

const batch = (...args: string[]): Promise<Ended> => shell.understudy(['batch', ...args]);

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
    expect(rig.fake.log).toHaveLength(120);

    const again = await batch('reviews.jsonl', '--out', 'results.jsonl', '--id', 'reviews', '--json');
    expect(JSON.parse(again.stdout)).toMatchObject({ id: 'reviews', total: 62, tally: { succeeded: 60, failed: 2 } });
    expect((await batch('status', 'reviews')).stdout).toMatch(/62 of 62 done/);
    await until(async () => (await batch('list')).stdout.includes('reviews\tcompleted\t62 of 62 done, 2 failed'));
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

  it('analyzes once more what failed, and puts the results in their places', async () => {
    rig.fake.control({ name: 'openai', task: 'summarize', script: Array.from({ length: 5 }, () => 'refusal') });
    await shell.write('some.jsonl', jsonl(30));
    expect((await batch('some.jsonl', '--id', 'some', '--concurrency', '5')).code).toBe(1);
    const before = await linesOf('some.results.jsonl');
    expect(before.filter((line) => 'error' in line)).toHaveLength(5);
    rig.fake.log.length = 0;

    const { code, stdout } = await batch('retry', 'some');
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringMatching(/30 of 30 done, 0 failed/) });
    const after = await linesOf('some.results.jsonl');
    expect(after.map(({ line }) => line)).toEqual(before.map(({ line }) => line));
    expect(
      after.filter((line, index) => 'summary' in (before[index] ?? {}) && line.costUsd !== before[index]?.costUsd),
    ).toEqual([]);
    expect(rig.fake.requestsTo('openai', 'summarize')).toHaveLength(5);
  });

  it('analyzes a line that was mended as what it is now, when it is done once more', async () => {
    await shell.write(
      'mended.jsonl',
      `${jsonl(2)}\nnot json\n{"id":"x","text":"Third."}\n{"id":"y","text":"Fourth."}\n`,
    );
    await shell.write('mended.txt', 'One.\n\nThree.\nFour.\n'); // an empty line is a bad one
    await Promise.all([
      batch('mended.jsonl', '--id', 'mended'),
      batch('mended.txt', '--id', 'lines', '--out', 'l.jsonl'),
    ]);
    await sleep(20); // a file system may tell times of some milliseconds apart for the same
    await shell.write('mended.jsonl', `${jsonl(2)}\n{"id":"x","text":"Third."}\n{"id":"y","text":"Fourth."}\n`);
    await shell.write('mended.txt', 'One.\nThree.\nFour.\n');
    await Promise.all([batch('retry', 'mended'), batch('retry', 'lines')]);
    const summaries = async (name: string) =>
      (await linesOf(name)).map((line) => [line.id, 'summary' in line && line.summary]);
    expect(await summaries('mended.results.jsonl')).toEqual([
      ['r1', expect.stringContaining('Text 1')],
      ['r2', expect.stringContaining('Text 2')],
      ['x', expect.stringContaining('Third.')],
      ['y', expect.stringContaining('Fourth.')],
    ]);
    expect(await summaries('l.jsonl')).toEqual([
      [1, expect.stringContaining('One.')],
      [2, expect.stringContaining('Three.')],
      [3, expect.stringContaining('Four.')],
    ]);
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

  it('joins the batch that was completed when its command is given again', async () => {
    await shell.write('again.jsonl', jsonl(2));
    expect((await batch('again.jsonl')).code).toBe(0);
    const asked = rig.fake.log.length;
    const { code, stdout, stderr } = await batch('again.jsonl');
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('exists already; joining it') });
    expect(stdout).toMatch(/2 of 2 done/);
    expect(rig.fake.log).toHaveLength(asked);
  });

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

  it('ends when it is cancelled, its texts with it, and a retry goes on where it was', async () => {
    await shell.write('slow.jsonl', jsonl(20));
    rig.fake.script(
      'openai',
      Array.from({ length: 5 }, () => 'ok' as const),
      'summarize',
    );
    rig.fake.always('openai', 'hang', 'summarize');
    const running = shell.start(['batch', 'slow.jsonl', '--id', 'slow', '--concurrency', '4']);
    await until(() => rig.fake.requestsTo('openai', 'summarize').length >= 8);
    expect((await batch('cancel', 'slow')).code).toBe(0);
    const { code, stderr } = await running.ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(/batch slow is cancelled.*batch retry slow/s);
    rig.fake.always('openai', undefined, 'summarize');
    const paidBefore = rig.fake.requestsTo('huggingface', 'sentiment').length;
    expect((await batch('retry', 'slow')).code).toBe(0);
    expect(await linesOf('slow.results.jsonl')).toHaveLength(20);
    expect(rig.fake.requestsTo('huggingface', 'sentiment').length).toBe(20);
    expect(paidBefore).toBeGreaterThan(0);
  });

  it('stops paying when its results cannot be written any more, and says why', async () => {
    await shell.write('cut.jsonl', jsonl(200));
    rig.fake.control({ name: 'openai', latencyMs: 100 });
    const running = shell.start(['batch', 'cut.jsonl', '--id', 'cut', '--concurrency', '4']);
    const results = join(shell.folder, 'cut.results.jsonl');
    await until(async () => (await stat(results).catch(() => ({ size: 0 }))).size > 0);
    await truncate(results, 1);
    const { code, stderr } = await running.ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(/batch cut is failed: .*cut\.results\.jsonl was cut while the batch ran/);
    expect(rig.fake.requestsTo('openai').length).toBeLessThan(200);
  });

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
    ['an output outside the root', { output: '/tmp/understudy-out.jsonl' }, /\/tmp is outside/],
    ['an output in a folder that is not there', { output: 'no/where.jsonl' }, /no: no such file or folder/],
    ['an output that is a folder', { output: 'nothing-in-it' }, /nothing-in-it: it is there, and no file/],
    ['an output that exists', { output: 'taken.jsonl' }, /taken\.jsonl exists/],
    ['the input as output', { output: 'good.jsonl' }, /good\.jsonl is part of the input/],
    ['too many at once', { concurrency: 5_000 }, /concurrency: expected .* 1000/],
    ['an input that is none', null, /input, output: expected paths/],
  ])('%s', async (_, input, words) => {
    const args = [input && { input: 'good.jsonl', output: 'out.jsonl', concurrency: 1, ...input }];
    const run = rig.client.workflow.execute('batch', { taskQueue: 'understudy', workflowId: randomUUID(), args });
    await expect(run).rejects.toMatchObject({ cause: { type: 'InvalidInput', message: expect.stringMatching(words) } });
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
