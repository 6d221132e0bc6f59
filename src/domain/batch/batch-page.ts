import { z } from 'zod';
import { held, pathName } from '../input.js';
import { columnName, delimiter, encoding } from './batch.js';
import { RESULT_LINE_BEGINNING, type LineHead } from './result-line.js';
import type { Tally } from './tally.js';

const bytes = z.int().min(0);

/** An input that was looked through before the first text is read. */
export const batchSource = held(
  z.strictObject({
    format: z.enum(['jsonl', 'csv', 'text', 'folder']),
    /** Absolute, symbolic links resolved. */
    path: pathName(),
    textColumn: columnName(),
    idColumn: columnName(),
    /** As the person names them; absent, the file tells. */
    delimiter: delimiter().exactOptional(),
    encoding: encoding().exactOptional(),
    /** Of the file when it was looked through: it must not change under the batch. Absent for a folder. */
    stamp: z.strictObject({ bytes, modifiedAtMs: z.number() }).exactOptional(),
    /** Results that are kept, of an earlier run. Absolute path. */
    previous: pathName().exactOptional(),
    /** The input was changed since: a line without an id of its own may be another line now. */
    mended: z.boolean().exactOptional(),
  }),
);
export type BatchSource = z.output<ReturnType<typeof batchSource>>;

/** What there is to do, and where results go. */
export const opened = held(
  z.strictObject({
    source: batchSource(),
    /** Absolute path. */
    output: pathName(),
    /** Lines of the input. */
    total: z.int().min(0),
  }),
);
export type Opened = z.output<ReturnType<typeof opened>>;

/** Where a page begins: the cost of reading it does not depend on what comes before. */
export const cursor = held(
  z.strictObject({
    /** Bytes from the beginning of the input. */
    offset: bytes,
    /** Of the first line of the page, from 1. */
    line: z.int().min(1),
    /** In a folder: the file before. */
    after: pathName().exactOptional(),
    /** Bytes from the beginning of the kept results. */
    previousOffset: bytes.exactOptional(),
  }),
);
export type Cursor = z.output<ReturnType<typeof cursor>>;

export type BatchItem =
  | (LineHead & { text: string; /** Of the text; absent in pages of an earlier version. */ hash?: string })
  | (LineHead & { /** What is wrong with the line. */ bad: string })
  | { /** Results to copy: bytes of the kept results, from the first to before the last. */ kept: Range; tally: Tally };

const range = z.tuple([bytes, bytes]).refine(([from, to]) => from <= to, 'expected a beginning before the end');
type Range = z.output<typeof range>;

export interface Page {
  items: BatchItem[];
  /** Absent after the last page. */
  next?: Cursor;
}

const MAX_LINE_CHARS = 4 * 1024 * 1024;
const MAX_PARTS = 20_000;

/** A stretch of the output: a line that ends with a line break, or a stretch of the kept results. */
const outputPart = z.union([
  z
    .string()
    .max(MAX_LINE_CHARS)
    .refine((line) => line.startsWith(RESULT_LINE_BEGINNING) && line.indexOf('\n') === line.length - 1, {
      message: 'expected one line of results',
    }),
  range,
]);
export type OutputPart = z.output<typeof outputPart>;

/** Of one write. */
export const outputParts = held(z.array(outputPart).max(MAX_PARTS));
/** Where it is written. Bytes from the beginning of the output. */
export const outputOffset = held(bytes);
