import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootedAt } from '../../src/activities/files/rooted.js';
import { withRecords } from '../../src/activities/batch/input-records.js';
import { toItem } from '../../src/activities/batch/input-text.js';
import type { BatchSource } from '../../src/domain/batch/batch-page.js';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'understudy-csv-'));
});
afterAll(() => rm(root, { recursive: true }));

/** `[line, id, text or BAD why]` of each record. */
async function read(content: string | Uint8Array, more: Partial<BatchSource> = {}) {
  const source: BatchSource = { format: 'csv', path: 'a.csv', textColumn: 'text', idColumn: 'id', ...more };
  await writeFile(join(root, source.path), content);
  return withRecords(rootedAt(root), source, async (recordsFrom) => {
    const told: unknown[][] = [];
    for await (const { line, said } of recordsFrom({ offset: 0, line: 1 })) {
      const item = toItem(line, said);
      told.push([item.line, item.id, 'text' in item ? item.text : `BAD ${item.bad}`]);
    }
    return told;
  });
}

const utf16be = (text: string) => Buffer.from(text, 'utf16le').swap16();

it.each([
  [
    'LE',
    '\n',
    [
      [2, '1', 'Good'],
      [3, 3, 'BAD ends in the middle of a character'],
    ],
  ],
  ['LE', '', [[2, '1', expect.stringMatching(/^BAD ends in the middle of a character/)]]],
])('a UTF-16 file that ends in the middle of a character ends with a bad line (%s %j)', async (_, end, told) => {
  const bytes = Buffer.concat([Buffer.from(`\uFEFFid,text\n1,Good${end}`, 'utf16le'), Buffer.from('\n')]);
  expect(await read(bytes, { encoding: 'utf-16le' })).toEqual(told);
});

describe('a row of CSV is read whole or is a bad line with its id', () => {
  it.each<[string, string, unknown[]]>([
    ['with a delimiter in a bare cell', '2,I loved it, until it caught fire,1', ['2', /^BAD 4 cells where .* 3/]],
    ['with too few cells', '2,short', ['2', /^BAD 2 cells/]],
    ['with a delimiter at its end', '2,fine,1,', ['2', /^BAD 4 cells/]],
    [
      'with quotes behind backslashes',
      String.raw`2,"They call it \"the best, ever\", and it broke",1`,
      ['2', /^They call it "the best, ever", and it broke$/],
    ],
    [
      'the same in as many cells as the header has',
      String.raw`2,"They call it \"the best, ever\", and it broke"`,
      ['2', /^BAD/],
    ],
    ['with a backslash as the last character', String.raw`2,"in C:\temp\",1`, ['2', /^in C:\\temp\\$/]],
    ['with an escaped quote as the last character', String.raw`2,"he said \"no\"",1`, ['2', /^he said "no"$/]],
    ['with doubled quotes', '2,"he said ""no, thanks""",1', ['2', /^he said "no, thanks"$/]],
    ['with quotes in a bare cell', '2,he said "no",1', ['2', /^he said "no"$/]],
    ['with an inch mark in a bare cell', '2,a 5" screen,1', ['2', /^a 5" screen$/]],
    ['with a quote from one bare cell to the next', '2,he said "no, thanks"', ['2', /^BAD/]],
    ['with spaces before a quote', '2, "good, really", 1', ['2', /^good, really$/]],
    ['with text behind a closing quote', '2,"good" really,1', ['2', /^BAD text behind a closing quote/]],
  ])('%s', async (_, row, [id, words]) => {
    const told = await read(`id,text,stars\n1,before,5\n${row}\n3,after,4\n`);
    expect(told).toEqual([
      [2, '1', 'before'],
      [3, id, expect.stringMatching(words as RegExp)],
      [4, '3', 'after'],
    ]);
  });

  it.each<[string, string | Uint8Array, Partial<BatchSource>]>([
    ['UTF-16 with a byte order mark', Buffer.from('\ufeffid,text\r\n1,"Größe, ja"\r\n2,zwei\r\n', 'utf16le'), {}],
    ['UTF-16 the other way round', utf16be('\ufeffid,text\n1,"Größe, ja"\n2,zwei'), {}],
    ['UTF-16 that is named', Buffer.from('id,text\n1,"Größe, ja"\n2,zwei', 'utf16le'), { encoding: 'utf-16le' }],
    [
      'windows-1252 that is named',
      Buffer.from('id,text\n1,"Größe, ja"\n2,zwei', 'latin1'),
      { encoding: 'windows-1252' },
    ],
    ['a byte order mark of UTF-8', '\ufeffid,text\n1,"Größe, ja"\n2,zwei', {}],
    ['semicolons', 'id;text\n1;Größe, ja\n2;zwei', {}],
    ['tabs', 'id\ttext\n1\tGröße, ja\n2\tzwei', {}],
    ['bars that are named', 'id|text\n1|Größe, ja\n2|zwei', { delimiter: '|' }],
    ['lines that end in CR alone', 'id,text\r1,"Größe, ja"\r2,zwei\r', {}],
  ])('in %s', async (_, content, more) => {
    expect((await read(content, more)).map(([, id, text]) => [id, text])).toEqual([
      ['1', 'Größe, ja'],
      ['2', 'zwei'],
    ]);
  });

  it('behind a line sep=;, which is no header', async () => {
    expect(await read('sep=;\r\nid;text\r\n1;a, b\r\n')).toEqual([[3, '1', 'a, b']]);
  });

  it('keeps its id when its text is not in the encoding of the file', async () => {
    const bytes = Buffer.concat([Buffer.from('id,text\n7,'), Buffer.from('Größe', 'latin1'), Buffer.from('\n8,ja\n')]);
    expect(await read(bytes)).toEqual([
      [2, '7', expect.stringMatching(/^BAD not UTF-8.*--encoding/)],
      [3, '8', 'ja'],
    ]);
  });

  it('is not guessed at in UTF-16 that nobody names, nor in UTF-32', async () => {
    await expect(read(Buffer.from('id,text\n1,eins\n', 'utf16le'))).rejects.toThrow('--encoding utf-16le');
    await expect(read(Buffer.from([0xff, 0xfe, 0, 0, 0x69, 0, 0, 0]))).rejects.toThrow('UTF-32');
  });
});

it('keeps every digit of a number that is an id of JSONL', async () => {
  const ids = ['1790000000000000001', '1790000000000000002', '1.0', '-0', '1e3', '7', '0.1'];
  const lines = ids.map((id) => `{"nested":{"id":5},"text":"a \\"id\\": 3","id": ${id} }`).join('\n');
  const told = await read(lines, { format: 'jsonl', path: 'a.jsonl' });
  expect(told.map(([, id]) => String(id))).toEqual(ids);
});

describe('whatever stands in a file', () => {
  const cell = fc.string({
    unit: fc.constantFrom('a', 'ö', '😀', ' ', ',', ';', '"', '\\', '\n', '\r\n', "'"),
    maxLength: 12,
  });
  const bare = /^(?! )[^",\n\r]+(?<! )$/;
  const written = (text: string) => (bare.test(text) ? text : `"${text.replaceAll('"', '""')}"`);

  it('comes back as it was written, in any encoding', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(999), cell), { minLength: 1, maxLength: 8 }),
        fc.constantFrom<BufferEncoding>('utf8', 'utf16le'),
        async (rows, encoding) => {
          const good = rows.filter(([, text]) => !text.includes('\\"') && !/\\$/.test(text)); // those have two readings
          const csv = ['text,nr,id', ...good.map(([id, text]) => `${written(text)},5,${id}`)].join('\n');
          const told = await read(Buffer.from(`\ufeff${csv}`, encoding));
          const expected = good.map(([, text]) => (text.trim() === '' ? 'BAD no text in the column "text"' : text));
          expect(told.map(([, , text]) => text)).toEqual(expected);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('of bytes that mean nothing, each line is one record, numbered from the first', async () => {
    const bytes = fc.uint8Array({ maxLength: 400 });
    const soup = fc.string({ unit: fc.constantFrom('"', ',', '\n', '\r', '\\', 'a', ' ', '\0', 'é'), maxLength: 400 });
    await fc.assert(
      fc.asyncProperty(fc.oneof(bytes, soup), fc.constantFrom('csv', 'jsonl', 'text'), async (content, format) => {
        const header = format === 'csv' ? Buffer.from('id,text\n') : Buffer.alloc(0);
        const file = Buffer.concat([header, Buffer.from(content as string)]);
        const told = await read(file, { format: format as 'csv', path: `a.${format}` }).catch((error: unknown) => {
          expect(error).toMatchObject({ type: 'InvalidInput' });
          return [];
        });
        const first = Number(told[0]?.[0] ?? 1);
        expect(told.map(([line]) => line)).toEqual(told.map((_, index) => first + index));
      }),
      { numRuns: 200 },
    );
  });

  it('one bad row changes no other', async () => {
    const soup = fc.string({ unit: fc.constantFrom('"', ',', '\\', 'a', ' '), maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(soup, async (row) => {
        const told = await read(`id,text,x\n1,"before, all",5\n2${row}\n3,"after, all",4\n4,"last, all",4\n`);
        const texts = told.map(([, , text]) => text);
        expect(texts[0]).toBe('before, all');
        expect(texts.at(-1)).toBe('last, all');
      }),
      { numRuns: 200 },
    );
  });

  it('takes no longer than its length demands', async () => {
    for (const unit of ['"', '"a', '\\"', '",', '""', ',"\\"', '"\n', '"a\n"']) {
      const before = process.cpuUsage(); // others may want the machine meanwhile
      await read(`id,text\n${unit.repeat(100_000)}`);
      const { user, system } = process.cpuUsage(before);
      expect((user + system) / 1_000).toBeLessThan(20_000);
    }
  }, 180_000);
});
