import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Cursor, BatchSource } from '../../domain/batch/batch-page.js';
import { utf8In } from '../../domain/text.js';
import { csvRows } from './csv-rows.js';
import { saidBy, type Said } from './input-text.js';
import { existingInside } from '../files/inside-root.js';
import { invalidInput } from '../input/invalid-input.js';
import { rawLines } from './raw-lines.js';

/** One record of an input, good or bad. */
export interface InputRecord {
  said: Said;
  line: number;
  /** Where the next one begins. */
  next: Omit<Cursor, 'previousOffset'>;
}

const TOO_LONG = { bad: 'too long to be read' };
const NOT_UTF8 = { bad: 'not UTF-8' };
const MAX_FILE_BYTES = 2 * 1024 * 1024;

/** Reads an input from a cursor on, a record at a time, whatever its format. */
export function inputRecords(root: string, source: BatchSource, cursor: Cursor): AsyncGenerator<InputRecord, void> {
  switch (source.format) {
    case 'folder':
      return folderRecords(root, source, cursor);
    case 'csv':
      return csvRecords(source, cursor);
    case 'jsonl':
      return lineRecords(source, cursor, (text) => jsonSays(text, source));
    case 'text':
      return lineRecords(source, cursor, (text) => saidBy(text, ''));
  }
}

async function* lineRecords({ path }: BatchSource, { offset, line }: Cursor, says: (text: string) => Said) {
  for await (const { bytes, to } of rawLines(path, offset)) {
    const text = bytes && utf8In(bytes);
    const said = text === undefined ? (bytes ? NOT_UTF8 : TOO_LONG) : says(text);
    yield { said, line, next: { offset: to, line: line + 1 } };
    line += 1;
  }
}

function jsonSays(json: string, { textColumn, idColumn }: BatchSource): Said {
  try {
    const value = JSON.parse(json) as Record<string, unknown> | null;
    if (typeof value !== 'object' || value === null) return { bad: 'not a JSON object' };
    return saidBy(value[textColumn], ` in ${JSON.stringify(textColumn)}`, value[idColumn]);
  } catch {
    return { bad: 'not JSON' }; // nor when it nests deeper than the parser goes
  }
}

async function* csvRecords(source: BatchSource, cursor: Cursor): AsyncGenerator<InputRecord, void> {
  const { path, textColumn, idColumn } = source;
  const { columns, to } = await csvHeader(path);
  const [textAt, idAt] = [columns.indexOf(textColumn), columns.indexOf(idColumn)];
  const where = ` in the column ${JSON.stringify(textColumn)}`;
  const { offset, line: first } = cursor.offset === 0 ? { offset: to, line: 2 } : cursor; // the header is line 1
  let line = first;
  for await (const { cells, to } of csvRows(path, offset, delimiterOf(path))) {
    const [text, id] = [cells?.[textAt], cells?.[idAt]].map((cell) => utf8In(cell ?? Buffer.alloc(0)));
    const utf8 = text !== undefined && id !== undefined;
    const said = !cells ? { bad: 'a quote is never closed' } : utf8 ? saidBy(text, where, id) : NOT_UTF8;
    yield { said, line, next: { offset: to, line: line + 1 } };
    line += 1;
  }
}

/** @returns the names of the columns, and where the first row begins */
export async function csvHeader(path: string): Promise<{ columns: string[]; to: number }> {
  for await (const { cells, to } of csvRows(path, 0, delimiterOf(path))) {
    if (cells) return { columns: cells.map((cell) => cell.toString().trim()), to };
    break;
  }
  throw invalidInput(`${path}: the first line is no CSV header`);
}

function delimiterOf(path: string): string {
  return path.toLowerCase().endsWith('.tsv') ? '\t' : ',';
}

/** Its files in order of their names; hidden ones and folders are left out. */
async function* folderRecords(root: string, { path }: BatchSource, { line, after = '' }: Cursor) {
  const entries = await readdir(path, { withFileTypes: true });
  const names = entries
    .filter((entry) => (entry.isFile() || entry.isSymbolicLink()) && !entry.name.startsWith('.') && entry.name > after)
    .map(({ name }) => name)
    .sort();
  for (const name of names) {
    yield { said: await fileSays(root, path, name), line, next: { offset: 0, line: line + 1, after: name } };
    line += 1;
  }
}

async function fileSays(root: string, folder: string, name: string): Promise<Said> {
  try {
    const path = await existingInside(root, join(folder, name));
    const about = await stat(path);
    if (!about.isFile()) return { id: name, bad: 'not a file' };
    if (about.size > MAX_FILE_BYTES) return { id: name, bad: `too long: ${about.size} bytes` };
    const text = utf8In(await readFile(path));
    return text === undefined ? { id: name, ...NOT_UTF8 } : saidBy(text, '', name);
  } catch (error) {
    return { id: name, bad: error instanceof Error ? error.message : String(error) };
  }
}
