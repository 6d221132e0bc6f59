import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { rootedAt } from '../../src/activities/files/rooted.js';
import type { Reading } from '../../src/domain/schedule/reading.js';
import type { Source } from '../../src/domain/schedule/recurring.js';
import { read as readFrom, type Progress } from './reading.js';

const MIB = 1024 * 1024;
const read = (source: Source, progress?: Progress, more = {}) =>
  readFrom(source, progress, { files: rootedAt(root), ...more });
const textsOf = ({ items }: Reading) => items.map(({ content }) => ('text' in content ? content.text : content.error));

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'understudy-sources-'));
  await mkdir(join(root, 'in', 'deep'), { recursive: true });
  await writeFile(join(root, 'in', 'a.txt'), 'first');
  await writeFile(join(root, 'in', 'deep', 'b.md'), 'second');
  await writeFile(join(root, 'in', '.hidden'), 'hidden');
  await writeFile(join(root, 'in', 'bytes.bin'), Buffer.from([0xff, 0xfe, 0x00]));
  await writeFile(join(root, 'in', 'long.txt'), 'äöü '.repeat(MIB / 2));
  await writeFile(join(root, 'in', 'out.jsonl'), '{}');
  await symlink('/etc/passwd', join(root, 'in', 'passwd'));
  await symlink('/etc', join(root, 'etc'));
  for (const [index, name] of ['a.txt', 'deep/b.md', 'bytes.bin', 'long.txt', 'out.jsonl'].entries()) {
    await utimes(join(root, 'in', name), index + 1, index + 1);
  }
});
afterAll(() => rm(root, { recursive: true }));

describe('files', () => {
  it('of a folder come the oldest first, without hidden ones and links; what is wrong with one is its own error', async () => {
    const { items } = await read({ kind: 'file', path: 'in' }, undefined, { except: 'in/out.jsonl' });
    expect(
      items.map(({ about, content }) => [
        about.path,
        'text' in content ? content.text.slice(0, 6) : content.error.message,
      ]),
    ).toEqual([
      ['in/a.txt', 'first'],
      ['in/deep/b.md', 'second'],
      ['in/bytes.bin', 'in/bytes.bin is not text (UTF-8 expected)'],
      ['in/long.txt', 'äöü äö'],
    ]);
    expect(Buffer.byteLength(JSON.stringify(items[3]?.content))).toBeLessThan(MIB + 200);
  });

  it('may be one, or those of a glob; a changed one is new', async () => {
    const first = await read({ kind: 'file', path: 'in/**/*.{txt,md}' });
    expect(first.items.map(({ about }) => about.path)).toEqual(['in/a.txt', 'in/deep/b.md', 'in/long.txt']);
    await writeFile(join(root, 'in', 'a.txt'), 'changed');
    expect(textsOf(await read({ kind: 'file', path: 'in/a.txt' }, first.progress))).toEqual(['changed']);
  });

  it('that was only touched is no new text', async () => {
    const { progress } = await read({ kind: 'file', path: 'in/deep/b.md' });
    await utimes(join(root, 'in', 'deep', 'b.md'), 77, 77);
    expect((await read({ kind: 'file', path: 'in/deep/b.md' }, progress)).items).toEqual([]);
  });

  it('that is still being written is taken when it is whole', async () => {
    await writeFile(join(root, 'in', 'slow.txt'), 'the first half');
    const reading = read({ kind: 'file', path: 'in/slow.txt' });
    await sleep(300);
    await writeFile(join(root, 'in', 'slow.txt'), 'the first half, and the second');
    const { items, progress } = await reading;
    expect(items).toEqual([]);
    expect(textsOf(await read({ kind: 'file', path: 'in/slow.txt' }, progress))).toEqual([
      'the first half, and the second',
    ]);
    await rm(join(root, 'in', 'slow.txt'));
  });

  it.each(['/etc/passwd', '../../etc/passwd', 'etc/passwd', 'etc', 'etc/*.conf', '../*', 'gone.txt'])(
    'refuses %s',
    async (path) => {
      await expect(read({ kind: 'file', path })).rejects.toMatchObject({ type: 'InvalidInput' });
    },
  );
});
