import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdir, mkdtemp, realpath, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FirstLines } from '../../src/activities/batch/first-lines.js';
import { rootedAt } from '../../src/activities/files/rooted.js';
import { pageReader } from '../../src/activities/batch/read-page.js';
import type { Cursor, BatchItem, BatchSource } from '../../src/domain/batch/batch-page.js';

let root: string;
beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'understudy-pages-')));
});
afterAll(() => rm(root, { recursive: true }));

async function sourceOf(
  name: string,
  content: string | Uint8Array,
  format: BatchSource['format'],
): Promise<BatchSource> {
  const path = join(root, name);
  await writeFile(path, content);
  const { size, mtimeMs } = await stat(path);
  return { format, path, textColumn: 'text', idColumn: 'id', stamp: { bytes: size, modifiedAtMs: mtimeMs } };
}

/** All items, page by page; each page by a reader that knows nothing when `forgetful`. */
async function itemsOf(source: BatchSource, forgetful = false): Promise<BatchItem[]> {
  const items: BatchItem[] = [];
  let reader = pageReader();
  for (let cursor: Cursor | undefined = { offset: 0, line: 1 }; cursor;) {
    if (forgetful) reader = pageReader();
    const page = await reader(rootedAt(root), source, cursor);
    items.push(...page.items);
    cursor = page.next;
  }
  return items;
}

const brief = (items: BatchItem[]) => items.map((item) => ('kept' in item ? 'kept' : [item.line, item.id, said(item)]));

function said(item: Exclude<BatchItem, { kept: unknown }>): string {
  if ('sameAs' in item) return `SAME AS ${item.sameAs}`;
  return 'text' in item ? item.text : `BAD ${item.bad}`;
}

describe('an input is read so that each line is one item', () => {
  it('of JSONL, with what is wrong on bad lines', async () => {
    const lines = [
      '\ufeff{"id":"a","text":"Good."}',
      '{"id":7,"text":"CRLF."}\r',
      'not json',
      '',
      '[1]',
      '{"id":"b"}',
      '{"id":"a","text":"Again."}',
      '{"id":{},"text":"x"}',
      '{"text":"Without id."}',
      '{"id":"nul","text":"a\\u0000b"}',
      '['.repeat(200_000),
      `{"id":"long","text":"${'x'.repeat(1_100_000)}"}`,
    ];
    const bytes = Buffer.concat([Buffer.from(lines.join('\n')), Buffer.from('\n{"text":"\xff"}\nlast', 'latin1')]);
    expect(brief(await itemsOf(await sourceOf('bad.jsonl', bytes, 'jsonl')))).toEqual([
      [1, 'a', 'Good.'],
      [2, 7, 'CRLF.'],
      [3, 3, 'BAD not JSON'],
      [4, 4, 'BAD not JSON'],
      [5, 5, 'BAD not a JSON object'],
      [6, 'b', 'BAD no text in "text"'],
      [7, 'a', 'BAD duplicate id: it is that of line 1'],
      [8, 8, 'BAD the id is not a number, nor a text of at most 500 characters'],
      [9, 9, 'Without id.'],
      [10, 'nul', 'BAD not text: NUL in "text"'],
      [11, 11, 'BAD not JSON'],
      [12, 'long', 'BAD too long: 1100000 bytes; the limit is 1048576 (1 MiB)'],
      [13, 13, 'BAD not UTF-8 (another encoding: --encoding)'],
      [14, 14, 'BAD not JSON'],
    ]);
  });

  it('of CSV, with quotes, line breaks in a cell, and a quote that is never closed', async () => {
    const csv =
      'id,text,stars\r\n1,"Two\r\nlines, one ""text""",5\r\n2,plain,4\r\n\r\n4,"never closed,1\r\n5,after it,2';
    expect(brief(await itemsOf(await sourceOf('a.csv', csv, 'csv')))).toEqual([
      [2, '1', 'Two\r\nlines, one "text"'],
      [3, '2', 'plain'],
      [4, 4, 'BAD an empty line'],
      [5, 5, 'BAD a quote is never closed, or its row is too long to be read'],
      [6, '5', 'after it'],
    ]);
  });

  it('of plain text, where an empty line is a bad one and the last needs no line break', async () => {
    const items = await itemsOf(await sourceOf('a.txt', 'one\n\nthree', 'text'));
    expect(brief(items)).toEqual([
      [1, 1, 'one'],
      [2, 2, 'BAD no text'],
      [3, 3, 'three'],
    ]);
  });

  it('of a folder, naming the file before that has the same text also over pages, unless the folder has changed', async () => {
    const path = join(root, 'changing');
    await mkdir(path);
    for (const [name, text] of ['A', 'B', 'B', 'A'].entries()) await writeFile(join(path, `${name}.txt`), text);
    const source: BatchSource = { format: 'folder', path, textColumn: 'text', idColumn: 'id', pageItems: 3 };
    const four = (last: string) => [
      [1, '0.txt', 'A'],
      [2, '1.txt', 'B'],
      [3, '2.txt', 'SAME AS 2'],
      [4, '3.txt', last],
    ];
    expect(brief(await itemsOf(source))).toEqual(four('SAME AS 1'));
    expect(brief(await itemsOf(source, true))).toEqual(four('SAME AS 1'));

    const reader = pageReader();
    const first = await reader(rootedAt(root), source, { offset: 0, line: 1 });
    await rm(join(path, '0.txt'));
    if (!first.next) throw new Error('expected another page');
    const known = await reader(rootedAt(root), source, first.next);
    expect(brief([...first.items, ...known.items])).toEqual(four('SAME AS 1'));
    const again = await reader(rootedAt(root), source, first.next); // the page is read once more
    expect(brief([...first.items, ...again.items])).toEqual(four('A'));
  });

  it('of a folder, in order of the names, not beyond the root', async () => {
    const path = join(root, 'folder');
    await mkdir(join(path, 'inner'), { recursive: true });
    await writeFile(join(path, 'b.txt'), 'B.');
    await writeFile(join(path, 'a.txt'), 'A.');
    await writeFile(join(path, '.hidden'), 'no');
    await writeFile(join(path, 'inner', 'd.txt'), 'D.');
    await symlink('/etc/hostname', join(path, 'c.txt'));
    const items = await itemsOf({ format: 'folder', path, textColumn: 'text', idColumn: 'id' });
    expect(brief(items)).toEqual([
      [1, 'a.txt', 'A.'],
      [2, 'b.txt', 'B.'],
      [3, 'c.txt', expect.stringMatching(/^BAD .* is outside /)],
      [4, 'inner/d.txt', 'D.'],
    ]);
  });

  it.each(['jsonl', 'csv'] as const)('of %s, the same in pages of any reader, duplicates included', async (format) => {
    const row = (index: number) =>
      format === 'csv' ? `${index % 900},"Text\n${index}"` : JSON.stringify({ id: index % 900, text: `Text ${index}` });
    const rows = Array.from({ length: 1_000 }, (_, index) => row(index));
    const source = await sourceOf(
      `many.${format}`,
      [...(format === 'csv' ? ['id,text'] : []), ...rows].join('\n'),
      format,
    );
    const items = await itemsOf(source);
    expect(items).toHaveLength(1_000);
    expect(items.filter((item) => 'bad' in item)).toHaveLength(100);
    expect(await itemsOf(source, true)).toEqual(items);
  });

  it('holds a page to some 256 kB', async () => {
    const rows = Array.from({ length: 30 }, (_, index) =>
      JSON.stringify({ id: index, text: `${index} ${'x'.repeat(100_000)}` }),
    );
    const source = await sourceOf('big.jsonl', rows.join('\n'), 'jsonl');
    const { items } = await pageReader()(rootedAt(root), source, { offset: 0, line: 1 });
    expect(items).toHaveLength(3);
  });

  it('names the line before that has the same text, over pages and for a reader that knows nothing', async () => {
    const texts = ['Same.', ...Array.from({ length: 900 }, (_, index) => `Other ${index}.`), 'Same.', 'Other 1.'];
    const rows = texts.map((text, index) => JSON.stringify({ id: index, text }));
    const bad = JSON.stringify({ id: 0, text: 'Of an id that is not its own.' });
    const source = await sourceOf('same.jsonl', [...rows, bad, bad.replace('0', '9999')].join('\n'), 'jsonl');
    for (const forgetful of [false, true]) {
      const items = await itemsOf(source, forgetful);
      expect(brief(items.slice(-4))).toEqual([
        [902, 901, 'SAME AS 1'],
        [903, 902, 'SAME AS 3'],
        [904, 0, expect.stringContaining('duplicate id')],
        [905, 9999, 'Of an id that is not its own.'],
      ]);
    }
    const each = await itemsOf({ ...source, dedupe: false });
    expect(each.filter((item) => 'sameAs' in item)).toEqual([]);
  });

  it('refuses to go on when the file was changed', async () => {
    const source = await sourceOf('changed.txt', 'one', 'text');
    await writeFile(source.path, 'other');
    await expect(itemsOf(source)).rejects.toThrow('was changed');
  });
});

it('keeps a hundred thousand first lines apart', () => {
  const lines = new FirstLines();
  const numbers = Array.from({ length: 100_000 }, (_, index) => index + 1);
  expect(numbers.filter((line) => lines.firstLineOf(`id ${line}`, line) !== line)).toEqual([]);
  expect(numbers.filter((line) => lines.firstLineOf(`id ${line}`, line + 1) !== line)).toEqual([]);
});
