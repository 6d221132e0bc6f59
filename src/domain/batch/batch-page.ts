import { z } from 'zod';
import { held, pathName } from '../input.js';
import { columnName, delimiter, encoding } from './batch.js';
import { RESULT_LINE_BEGINNING, type LineHead } from './result-line.js';
import type { Tally } from './tally.js';

/** Lines of a page: its history stays small. */
export const MAX_PAGE_ITEMS = 400;
const LEAST_PAGE_ITEMS = 50;
const ROUNDS_OF_A_PAGE = 10;

/** A page is long enough to be worth one, and short enough that its lines come soon. */
export function pageItemsFor(concurrency: number): number {
  return Math.min(MAX_PAGE_ITEMS, Math.max(LEAST_PAGE_ITEMS, ROUNDS_OF_A_PAGE * concurrency));
}

const tag = held(z.string().regex(/^[\w-]{1,40}$/));
const MAX_QUEUE_CHARS = 500;
const MAX_DIGEST_CHARS = 64;
const bytes = z.int().min(0);

/** An input that was looked through before the first text is read. */
export const batchSource = held(
  z.strictObject({
    format: z.enum(['jsonl', 'csv', 'text', 'folder']),
    /** Absolute, symbolic links resolved. */
    path: pathName(),
    textColumn: columnName(),
    idColumn: columnName(),
    /** What JSONL may have instead of a text: JSON as its value, or, without such a key, the line as it stands. */
    json: z.enum(['value', 'value or line']).exactOptional(),
    /** As the person names them; absent, the file tells. */
    delimiter: delimiter().exactOptional(),
    encoding: encoding().exactOptional(),
    /** Of the file when it was looked through: it must not change under the batch. Absent for a folder. */
    stamp: z.strictObject({ bytes, modifiedAtMs: z.number() }).exactOptional(),
    /** Results that are kept, of an earlier run. Absolute path. */
    previous: pathName().exactOptional(),
    /** The input was changed since: a line without an id of its own may be another line now. */
    mended: z.boolean().exactOptional(),
    /** Equal texts are analyzed each. */
    dedupe: z.literal(false).exactOptional(),
    /** Names the run that opened it: the files of a folder may be others by then. */
    openedBy: tag().exactOptional(),
    /** Lines of a page at most; by default as many as one may have. */
    pageItems: z.int().min(1).max(MAX_PAGE_ITEMS).exactOptional(),
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
    /** Task queue of those who see these files. */
    queue: z.string().min(1).max(MAX_QUEUE_CHARS),
    /** Whose files they are; absent where every worker has them. */
    host: z.string().max(MAX_QUEUE_CHARS).exactOptional(),
    /** Names the parts of the output that wait for those before them. */
    tag: tag(),
  }),
);
export type Opened = z.output<ReturnType<typeof opened>>;

/** This worker does not have the files: those who may, in the order to ask. */
export interface Elsewhere {
  elsewhere: string[];
  /** What is wrong with them here, for a person. */
  problem: string;
}

/** Where a page begins: the cost of reading it does not depend on what comes before. */
export const cursor = held(
  z.strictObject({
    /** Bytes from the beginning of the input. */
    offset: bytes,
    /** Of the first line of the page, from 1. */
    line: z.int().min(1),
    /** In a folder: the file before. */
    after: pathName().exactOptional(),
    /** In a folder: of all that the pages before have read. */
    digest: z.string().max(MAX_DIGEST_CHARS).exactOptional(),
    /** Bytes from the beginning of the kept results. */
    previousOffset: bytes.exactOptional(),
  }),
);
export type Cursor = z.output<ReturnType<typeof cursor>>;

export type BatchItem =
  | (LineHead & { text: string; hash: string })
  | (LineHead & { /** What is wrong with the line. */ bad: string })
  | (LineHead & { /** The line that has the same text, somewhere before. */ sameAs: number })
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
/** Where it is written. Bytes from the beginning of the file. */
export const outputOffset = held(bytes);
/** Which page, from 0. */
export const pageNumber = held(z.int().min(0));

/** A page whose lines are written aside. */
const writtenPage = held(z.strictObject({ number: pageNumber(), bytes }));
export type WrittenPage = z.output<ReturnType<typeof writtenPage>>;

const MAX_PAGES_OPEN = 100_000;
export const writtenPages = held(z.array(writtenPage()).max(MAX_PAGES_OPEN));
/** Pages whose parts are not needed any more. */
export const pageNumbers = held(z.array(pageNumber()).max(MAX_PAGES_OPEN));
