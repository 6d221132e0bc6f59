import type { BatchSource, Cursor } from '../../domain/batch/batch-page.js';
import type { FileToRead, Root } from '../files/rooted.js';
import { csvHeader } from './csv-header.js';
import { csvRows, type Row } from './csv-rows.js';
import { folderRecords } from './folder-records.js';
import { badRecord, NumberAsWritten, saidBy, type InputRecord, type Said } from './input-text.js';
import { writtenNumber, writtenValue } from './json-record.js';
import { isObject } from '../../domain/parsed.js';
import { lettersOf, notText, textIn } from '../files/letters.js';
import { rawLines } from './raw-lines.js';

type Records = AsyncGenerator<InputRecord, void>;

/** Opens an input, and reads it from a cursor on, a record at a time, whatever its format. */
export function withRecords<T>(
  root: Root,
  source: BatchSource,
  work: (recordsFrom: (cursor: Cursor) => Records, file?: FileToRead) => Promise<T>,
): Promise<T> {
  const { format, path } = source;
  if (format === 'folder') return work((cursor) => folderRecords(root, source, cursor));
  const read = format === 'csv' ? csvRecords : lineRecords;
  return root.read(path, (file) => work((cursor) => read(file, source, cursor), file));
}

async function* lineRecords(file: FileToRead, source: BatchSource, cursor: Cursor): Records {
  const letters = await lettersOf(file, source.encoding);
  let { line } = cursor;
  for await (const { bytes, to } of rawLines(file, cursor.offset === 0 ? letters.begin : cursor.offset, letters)) {
    const text = bytes && textIn(bytes, letters);
    const said = text === undefined ? { bad: bytes ? notText(letters) : 'too long to be read' } : says(text, source);
    yield { said, line, next: { offset: to, line: line + 1 } };
    line += 1;
  }
}

function says(text: string, source: BatchSource): Said {
  const { format, textColumn, idColumn, json } = source;
  if (format === 'text') return saidBy(text, '');
  try {
    const value: unknown = JSON.parse(text);
    if (!isObject(value)) {
      return json === 'value or line' && value !== null ? saidBy(given(value, text), '') : { bad: 'not a JSON object' };
    }
    const id = Object.hasOwn(value, idColumn) ? value[idColumn] : undefined;
    const written = typeof id === 'number' ? writtenNumber(text, idColumn) : undefined;
    const asItStands = written !== undefined && written !== String(id) ? new NumberAsWritten(written) : id;
    return saidBy(textOf(value, text, source), ` in ${JSON.stringify(textColumn)}`, asItStands);
  } catch {
    return { bad: 'not JSON' }; // nor when it nests deeper than the parser goes
  }
}

/** What a line is about: its text, or JSON as it stands, with all of its digits. */
function textOf(value: Record<string, unknown>, line: string, { textColumn, json }: BatchSource): unknown {
  if (!Object.hasOwn(value, textColumn)) return json === 'value or line' ? line.trim() : undefined;
  const text = value[textColumn] ?? undefined;
  return json === undefined || text === undefined ? text : given(text, writtenValue(line, textColumn));
}

/** JSON that is a text alone is that text. */
function given(value: unknown, written: string | undefined): unknown {
  return typeof value === 'string' ? value : written?.trim();
}

async function* csvRecords(file: FileToRead, source: BatchSource, cursor: Cursor): Records {
  const { csv, columns, firstRow } = await csvHeader(file, source);
  const places = { text: columns.indexOf(source.textColumn), id: columns.indexOf(source.idColumn) };
  const begin = cursor.offset === 0 ? firstRow : cursor;
  let { line } = begin;
  for await (const row of csvRows(file, begin.offset, csv)) {
    const where = ` in the column ${JSON.stringify(source.textColumn)}`;
    const said = rowSays(row, places, where, notText(csv.letters));
    yield { said, line, next: { offset: row.to, line: line + 1 } };
    line += 1;
  }
}

/** A row that is bad keeps its id where it certainly is one: before the text nothing has been cut in a wrong place. */
function rowSays({ cells, bad }: Row, at: { text: number; id: number }, where: string, notTextSaid: string): Said {
  const id = at.id < 0 || (bad !== undefined && at.id > at.text) ? '' : cells[at.id];
  if (bad !== undefined) return badRecord(bad, id);
  const text = cells[at.text];
  if (text === undefined || id === undefined) return badRecord(notTextSaid, id);
  return saidBy(text, where, id);
}
