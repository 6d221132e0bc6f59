import { constants } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import { extname, sep } from 'node:path';
import type { ApplicationFailure } from '@temporalio/common';
import type { BatchInput } from '../../domain/batch/batch.js';
import type { Opened, BatchSource } from '../../domain/batch/batch-page.js';
import { csvHeader, inputRecords } from './input-records.js';
import { existingInside, placeInside } from '../files/inside-root.js';
import { invalidInput } from '../input/invalid-input.js';

const FORMATS: Partial<Record<string, BatchSource['format']>> = {
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
  '.csv': 'csv',
  '.tsv': 'csv',
  '.txt': 'text',
  '.text': 'text',
};

/**
 * Finds out all that can be wrong before the first text is paid for, counts the lines, and makes the output.
 * @throws ApplicationFailure of type `InvalidInput`
 */
export async function openBatch(root: string, batch: BatchInput, isFirstAttempt: boolean): Promise<Opened> {
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
    await createEmpty(output, batch.output, isFirstAttempt);
    return { source, output, total };
  }
  const previous = await existingInside(root, batch.output);
  const working = await placeInside(root, `${batch.output}.retry`);
  // Not emptied: this may come late, when another attempt has done it and the batch writes. What is too much is cut at the end.
  await (await open(working, constants.O_CREAT | constants.O_WRONLY | constants.O_NOFOLLOW)).close();
  const { birthtimeMs, mtimeMs } = await stat(previous); // results go on being written after the input was changed
  const mended = (await stat(source.path)).mtimeMs > (birthtimeMs || mtimeMs);
  return { source: { ...source, previous, mended }, output: working, total };
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

/** What somebody else writes to is left alone; an empty output may be what an attempt before this one made. */
async function createEmpty(output: string, named: string, isFirstAttempt: boolean): Promise<void> {
  const exclusive = isFirstAttempt ? constants.O_EXCL : 0;
  const file = await open(output, constants.O_CREAT | exclusive | constants.O_WRONLY | constants.O_NOFOLLOW).catch(
    (error: unknown) => {
      throw (error as NodeJS.ErrnoException).code === 'EEXIST' ? taken(named) : error;
    },
  );
  try {
    if ((await file.stat()).size > 0) throw taken(named);
  } finally {
    await file.close();
  }
}

function taken(named: string): ApplicationFailure {
  return invalidInput(`${named} exists; remove it, name another --out, or do what failed in it again: batch retry ID`);
}
