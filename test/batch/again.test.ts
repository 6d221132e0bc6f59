import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
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

describe('a batch that was begun', () => {
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

  it('takes an input that was put in place of another for another, however old it is', async () => {
    await shell.write('older.txt', 'Awful, never again.\nFine.\n');
    await sleep(20);
    await shell.write('replaced.txt', 'Great.\nGood.\n');
    await batch('replaced.txt', '--id', 'replaced', '--out', 'r.jsonl');
    await rename(join(shell.folder, 'older.txt'), join(shell.folder, 'replaced.txt'));
    await batch('retry', 'replaced');
    expect((await linesOf('r.jsonl')).map((line) => 'summary' in line && line.summary)).toEqual([
      expect.stringContaining('Awful, never again.'),
      expect.stringContaining('Fine.'),
    ]);
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
});
