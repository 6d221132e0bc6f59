import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { link, mkdir, mkdtemp, readFile, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { MockActivityEnvironment } from '@temporalio/testing';
import { batchActivities } from '../../src/activities/batch/batch-activities.js';
import { rootedAt } from '../../src/activities/files/rooted.js';
import type { Opened } from '../../src/domain/batch/batch-page.js';

const LINE = '{"line":1,"id":"a","error":{"type":"X","message":"m"},"costUsd":0}\n';

let home: string;
let root: string;
let outside: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'understudy-boundary-'));
  root = join(home, 'root');
  outside = join(home, 'outside');
  await mkdir(join(root, 'in'), { recursive: true });
  await mkdir(outside);
  await writeFile(join(outside, 'secret.txt'), 'secret');
  await writeFile(join(outside, 'results.jsonl'), LINE);
  await writeFile(join(root, 'in', 'a.txt'), 'A.');
  await writeFile(join(root, 'results.jsonl'), LINE);
  await symlink(join(outside, 'secret.txt'), join(root, 'link.txt'));
  await symlink(outside, join(root, 'away'));
  await symlink('in', join(root, 'near'));
  await link(join(outside, 'secret.txt'), join(root, 'hard.txt'));
  await link(join(outside, 'results.jsonl'), join(root, 'hard.jsonl'));
  await symlink('/dev/zero', join(root, 'endless.txt'));
  spawnSync('mkfifo', [join(root, 'pipe.txt')]);
});
afterEach(() => rm(home, { recursive: true }));

/** Nothing outside has changed, and nothing has come. */
async function expectOutsideUntouched(): Promise<void> {
  expect(await readdir(outside)).toEqual(['results.jsonl', 'secret.txt']);
  expect(await readFile(join(outside, 'secret.txt'), 'utf8')).toBe('secret');
  expect(await readFile(join(outside, 'results.jsonl'), 'utf8')).toBe(LINE);
}

const ESCAPES = [
  '../outside/secret.txt',
  'in/../../outside/secret.txt',
  '/etc/passwd',
  'away/secret.txt',
  'link.txt',
  'hard.txt',
  'endless.txt',
  'pipe.txt',
  '/dev/zero',
  '/proc/self/environ',
  '.',
  'in',
];
const invalid = { type: 'InvalidInput' };

describe('files.root', () => {
  it.each(ESCAPES)('is not left by reading %s', async (path) => {
    const reading = rootedAt(root).read(path, (file) => file.head(10));
    await expect(reading).rejects.toMatchObject(invalid);
  });

  it.each([...ESCAPES, '../outside/new.txt', 'away/new.txt', 'gone/new.txt', '../root-beside.txt'])(
    'is not left by writing %s',
    async (path) => {
      for (const how of ['new', 'there', 'either'] as const) {
        const writing = rootedAt(root).write(path, how, (file) => file.writeAt(0, Buffer.from('x')));
        await expect(writing).rejects.toMatchObject(invalid);
      }
      await expectOutsideUntouched();
    },
  );

  it('does not tell whether a file outside exists', async () => {
    const words = async (path: string) =>
      rootedAt(root)
        .read(path, () => Promise.resolve('read'))
        .catch((error: unknown) => (error instanceof Error ? error.message : 'no error'));
    expect(await words('../outside/secret.txt')).toMatch(/is outside .*files\.root/);
    expect(await words('../outside/nothing.txt')).toMatch(/is outside .*files\.root/);
  });

  it('is where links may lead, and what is made there is readable for its owner alone', async () => {
    const read = rootedAt(root).read('near/a.txt', (file) => file.head(10));
    expect((await read).toString()).toBe('A.');
    await rootedAt(root).write('near/made.txt', 'new', (file) => file.writeAt(0, Buffer.from('made')));
    expect((await stat(join(root, 'in', 'made.txt'))).mode & 0o777).toBe(0o600);
  });

  it.each(['../*', 'away/*', '{in,..}/*', '{in,../outside}/*.txt', '**/../../*', 'in/{..,x}/../../outside/*'])(
    'is not left by the pattern %s',
    async (pattern) => {
      const found = await rootedAt(root)
        .matching(pattern)
        .catch(() => []);
      expect(found.filter((path) => path.includes('secret'))).toEqual([]);
    },
  );

  it('stops reading when it is told to', async () => {
    await writeFile(join(root, 'long.txt'), Buffer.alloc(5_000_000, 'x'));
    const stop = new AbortController();
    const read: number[] = [];
    const reading = rootedAt(root, stop.signal).read('long.txt', async (file) => {
      for await (const chunk of file.chunks(0)) {
        read.push(chunk.length);
        stop.abort(new Error('enough'));
      }
    });
    await expect(reading).rejects.toThrow('enough');
    expect(read).toHaveLength(1);
  });
});

describe('an activity that a client starts by itself', () => {
  const nobody = new Client({ connection: Connection.lazy() });
  afterAll(() => nobody.connection.close());
  const source = { format: 'text', textColumn: 'text', idColumn: 'id' } as const;
  const act = () =>
    batchActivities({ folder: root, client: nobody, queue: 'here', otherHosts: () => Promise.resolve([]) });
  const run = <T>(work: () => Promise<T>) => new MockActivityEnvironment().run(work);
  const opened = (more: Partial<Opened['source']>, output = 'results.jsonl'): Opened => ({
    source: { ...source, path: 'in/a.txt', ...more },
    output,
    total: 1,
    queue: 'here',
    tag: 'tag',
  });

  it.each(['../outside/secret.txt', 'link.txt', 'hard.txt', '/etc/passwd', 'pipe.txt'])(
    'reads no page of %s',
    async (path) => {
      const reading = run(() => act().readPage({ ...source, path }, { offset: 0, line: 1 }));
      await expect(reading).rejects.toMatchObject(invalid);
      const kept = run(() => act().readPage({ ...source, path: 'in/a.txt', previous: path }, { offset: 0, line: 1 }));
      await expect(kept).rejects.toMatchObject(invalid);
    },
  );

  it.each(['../outside/results.jsonl', 'away/results.jsonl', 'hard.jsonl', '/tmp/x', 'in/a.txt'])(
    'writes, cuts and renames nothing of %s',
    async (path) => {
      await expect(run(() => act().appendPages(opened({}, path), 0, [], []))).rejects.toMatchObject(invalid);
      await expect(run(() => act().closeOutput(opened({}, path), 0, []))).rejects.toMatchObject(invalid);
      await expect(run(() => act().closeOutput(opened({ previous: path }), 0, []))).rejects.toMatchObject(invalid);
      expect(await readFile(join(root, 'in', 'a.txt'), 'utf8')).toBe('A.');
      await expectOutsideUntouched();
    },
  );

  it.each<[string, unknown[]]>([
    ['no arguments', []],
    ['a negative offset', [opened({}), 0, -1, [LINE]]],
    ['a fraction', [opened({}), 0, 0.5, [LINE]]],
    ['what is no line of results', [opened({}), 0, 0, ['#!/bin/sh\n']]],
    ['two lines in one', [opened({}), 0, 0, [LINE + LINE]]],
    ['a page that leads elsewhere', [opened({}), '../../x', 0, [LINE]]],
    ['a tag that leads elsewhere', [{ ...opened({}), tag: '../x' }, 0, 0, [LINE]]],
    ['a stretch that runs backwards', [opened({}), 0, 0, [[5, 1]]]],
    ['an unknown field', [{ ...opened({}), mode: 0o777 }, 0, 0, [LINE]]],
  ])('is refused at once with %s', async (_, args) => {
    const activities: Record<string, unknown> = { ...act() };
    const write = activities.writePart as (...given: unknown[]) => Promise<number>;
    await expect(run(() => write(...args))).rejects.toMatchObject({ ...invalid, nonRetryable: true });
    expect(await readFile(join(root, 'results.jsonl'), 'utf8')).toBe(LINE);
  });
});
