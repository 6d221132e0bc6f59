import { constants } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import { extname, sep } from 'node:path';
import type { BatchInput } from '../../domain/batch.js';
import type { Opened, BatchSource } from '../../domain/batch-page.js';
import { csvHeader, inputRecords } from './input-records.js';
import { existingInside, placeInside } from '../inside-root.js';
import { invalidInput } from '../invalid-input.js';

const FORMATS: Partial<Record<string, BatchSource['format']>> = {
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
  '.csv': 'csv',
  '.tsv': 'csv',
  '.txt': 'text',
  '.text': 'text',
};

/** Errors of a file system that do not pass by themselves, as a full disk does. */
const FOR_GOOD = ['EACCES', 'EPERM', 'EROFS', 'EISDIR', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG'];

/**
 * Finds out all that can be wrong before the first text is paid for, counts the lines, and makes the output.
 * @throws ApplicationFailure of type `InvalidInput`
 */
export async function openBatch(root: string, batch: BatchInput): Promise<Opened> {
  return opened(root, batch).catch((error: unknown) => {
    const { code, message } = error as NodeJS.ErrnoException;
    throw code !== undefined && FOR_GOOD.includes(code) ? invalidInput(message) : error;
  });
}

async function opened(root: string, batch: BatchInput): Promise<Opened> {
  const source = await sourceOf(root, batch);
  const output = await placeInside(root, batch.output);
  if (output === source.path || output.startsWith(source.path + sep)) {
    throw invalidInput(`${batch.output} is part of the input ${batch.input}; write the results elsewhere`);
  }
  let total = 0;
  const records = inputRecords(root, source, { offset: 0, line: 1 });
  while (!(await records.next()).done) total += 1;
  if (total === 0) throw invalidInput(`${batch.input} is empty: there is nothing to analyze`);

  if (!batch.retry) {
    await createEmpty(output, batch.output);
    return { source, output, total };
  }
  const previous = await existingInside(root, batch.output);
  const working = await placeInside(root, `${batch.output}.retry`);
  await (
    await open(working, constants.O_CREAT | constants.O_TRUNC | constants.O_WRONLY | constants.O_NOFOLLOW)
  ).close();
  return { source: { ...source, previous }, output: working, total };
}

async function sourceOf(root: string, batch: BatchInput): Promise<BatchSource> {
  const path = await existingInside(root, batch.input);
  const about = await stat(path);
  const columns = { textColumn: batch.textColumn ?? 'text', idColumn: batch.idColumn ?? 'id' };
  if (about.isDirectory()) {
    await readdir(path);
    return { format: 'folder', path, ...columns };
  }
  if (!about.isFile()) throw invalidInput(`${batch.input} is neither a file nor a folder`);
  if (about.size === 0) throw invalidInput(`${batch.input} is empty: there is nothing to analyze`);
  const format = FORMATS[extname(path).toLowerCase()];
  if (!format) {
    throw invalidInput(`${batch.input}: expected a folder or a file that ends in ${Object.keys(FORMATS).join(', ')}`);
  }
  if (format === 'csv') await requireColumns(path, batch);
  return { format, path, ...columns, stamp: { bytes: about.size, modifiedAtMs: about.mtimeMs } };
}

async function requireColumns(path: string, { input, textColumn = 'text', idColumn }: BatchInput): Promise<void> {
  const { columns } = await csvHeader(path);
  for (const column of [textColumn, idColumn]) {
    if (column === undefined || columns.includes(column)) continue;
    const found = columns.join(', ').slice(0, 300);
    const option = column === textColumn ? '--text-column' : '--id-column';
    throw invalidInput(`${input} has no column ${JSON.stringify(column)} (${option}); it has: ${found}`);
  }
}

/** An output with results of somebody's is left alone; an empty one is what an attempt before this one made. */
async function createEmpty(output: string, named: string): Promise<void> {
  const file = await open(output, constants.O_CREAT | constants.O_WRONLY | constants.O_NOFOLLOW);
  try {
    if ((await file.stat()).size > 0) throw invalidInput(`${named} exists; remove it or name another --out`);
  } finally {
    await file.close();
  }
}
