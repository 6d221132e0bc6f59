import { extname, sep } from 'node:path';
import { ApplicationFailure } from '@temporalio/common';
import type { BatchInput } from '../../domain/batch/batch.js';
import { pageItemsFor, type BatchSource, type Opened } from '../../domain/batch/batch-page.js';
import { RESULT_LINE_BEGINNING } from '../../domain/batch/result-line.js';
import { oneLine } from '../../domain/text.js';
import type { FileToRead, Root } from '../files/rooted.js';
import { invalidInput } from '../input/invalid-input.js';
import { csvHeader } from './csv-header.js';
import { withRecords } from './input-records.js';

const FORMATS: Partial<Record<string, BatchSource['format']>> = {
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
  '.csv': 'csv',
  '.tsv': 'csv',
  '.txt': 'text',
  '.text': 'text',
};

/** What there is of a batch, whoever has it. */
type Files = Pick<Opened, 'source' | 'output' | 'total'>;

/**
 * Looks whether the files of a batch are here at all.
 * @returns what is wrong when they are not; another host may have them
 */
export async function missingOf(root: Root, { input, output, retry }: BatchInput): Promise<Error | undefined> {
  try {
    await root.look(input);
    if (retry) await root.look(output);
    return undefined;
  } catch (error) {
    return error instanceof ApplicationFailure && error.type === 'InvalidInput' ? error : undefined;
  }
}

/**
 * Finds out all that can be wrong before the first text is paid for, counts the lines, and makes the output.
 * @throws ApplicationFailure of type `InvalidInput`
 */
export async function openBatch(root: Root, batch: BatchInput, isFirstAttempt: boolean): Promise<Files> {
  const source = await sourceOf(root, batch);
  const output = await root.place(batch.output);
  if (output === source.path || output.startsWith(source.path + sep)) {
    throw invalidInput(`${oneLine(batch.output)} is part of the input; write the results elsewhere`);
  }
  const total = await withRecords(root, source, async (recordsFrom) => {
    let count = 0;
    const records = recordsFrom({ offset: 0, line: 1 });
    while (!(await records.next()).done) count += 1;
    return count;
  });
  if (total === 0) throw isEmpty(batch);

  if (!batch.retry) {
    await makeEmpty(root, output, isFirstAttempt);
    return { source, output, total };
  }
  const previous = await root.read(batch.output, async (file) => {
    await requireOurs(file);
    return { path: file.path, madeAtMs: file.madeAtMs || file.modifiedAtMs }; // it is written after the input was changed
  });
  const working = `${previous.path}.retry`;
  await makeWorking(root, working);
  const changedAtMs = source.stamp && (await root.read(source.path, ({ changedAtMs: at }) => Promise.resolve(at)));
  const mended = changedAtMs !== undefined && changedAtMs > previous.madeAtMs;
  return { source: { ...source, previous: previous.path, mended }, output: working, total };
}

async function sourceOf(root: Root, batch: BatchInput): Promise<BatchSource> {
  const { tasks, textColumn = 'text', idColumn = 'id', delimiter, encoding, dedupe = true } = batch;
  const json = batch.textColumn === undefined ? ('value or line' as const) : ('value' as const);
  const { path, isFolder } = await root.look(batch.input);
  const how = {
    path,
    textColumn,
    idColumn,
    pageItems: pageItemsFor(batch.concurrency),
    ...(tasks && { json }),
    ...(delimiter !== undefined && { delimiter }),
    ...(encoding !== undefined && { encoding }),
    ...(!dedupe && { dedupe: false as const }),
  };
  if (isFolder) return { format: 'folder', ...how };
  const format = FORMATS[extname(path).toLowerCase()];
  if (!format) {
    const expected = Object.keys(FORMATS).join(', ');
    throw invalidInput(`${oneLine(batch.input)}: expected a folder or a file that ends in ${expected}`);
  }
  return root.read(path, async (file) => {
    if (file.bytes === 0) throw isEmpty(batch);
    const source = { format, ...how, stamp: { bytes: file.bytes, modifiedAtMs: file.modifiedAtMs } };
    if (format === 'csv') requireColumns((await csvHeader(file, source)).columns, batch);
    return source;
  });
}

function requireColumns(columns: readonly string[], { input, textColumn = 'text', idColumn }: BatchInput): void {
  for (const column of [textColumn, idColumn ?? 'id']) {
    const times = columns.filter((each) => each === column).length;
    if (times === 1 || (times === 0 && column !== textColumn && idColumn === undefined)) continue;
    const option = column === textColumn ? '--text-column' : '--id-column';
    const what = times === 0 ? 'has no column' : `has ${times} columns`;
    throw invalidInput(
      oneLine(
        `${input} ${what} ${JSON.stringify(column)} (${option}); it has: ${columns.join(', ').slice(0, 300)}` +
          (columns.length === 1 ? ' (one column; another delimiter: --delimiter)' : ''),
        1_000,
      ),
    );
  }
}

/** What somebody else writes to is left alone; an empty output may be what an attempt before this one made. */
async function makeEmpty(root: Root, output: string, isFirstAttempt: boolean): Promise<void> {
  if (await isMade(root, output)) return;
  const free = !isFirstAttempt && (await root.write(output, 'there', ({ bytes }) => Promise.resolve(bytes === 0)));
  if (!free) throw taken(output);
}

/**
 * The results of a retry until they take the place of those before. One that is there is of a retry that was broken off,
 * or of another attempt of this one: it is not emptied, for the batch may be writing already.
 */
async function makeWorking(root: Root, working: string): Promise<void> {
  if (!(await isMade(root, working))) await root.write(working, 'there', requireOurs);
}

/** @returns whether there was nothing before */
async function isMade(root: Root, path: string): Promise<boolean> {
  try {
    return await root.write(path, 'new', () => Promise.resolve(true));
  } catch (error) {
    await root.look(path).catch(() => Promise.reject(error as Error)); // it is not that something is there
    return false;
  }
}

/** @throws ApplicationFailure of type `InvalidInput` for a file that does not begin as our results do */
export async function requireOurs(file: FileToRead): Promise<void> {
  const head = (await file.head(RESULT_LINE_BEGINNING.length)).toString();
  if (RESULT_LINE_BEGINNING.startsWith(head)) return;
  throw invalidInput(`${oneLine(file.path)} is no file of results: it is left alone`);
}

function taken(output: string): ApplicationFailure {
  return invalidInput(
    `${oneLine(output)} exists; remove it, name another --out, or do what failed in it again: batch retry ID`,
  );
}

function isEmpty({ input }: BatchInput): ApplicationFailure {
  return invalidInput(`${oneLine(input)} is empty: there is nothing to analyze`);
}
