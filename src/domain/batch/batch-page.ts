import type { LineHead } from './result-line.js';
import type { Tally } from './tally.js';

/** An input that was looked through before the first text is read. */
export interface BatchSource {
  format: 'jsonl' | 'csv' | 'text' | 'folder';
  /** Absolute, symbolic links resolved. */
  path: string;
  textColumn: string;
  idColumn: string;
  /** Of the file when it was looked through: it must not change under the batch. Absent for a folder. */
  stamp?: { bytes: number; modifiedAtMs: number };
  /** Results that are kept, of an earlier run. Absolute path. */
  previous?: string;
  /** The input was changed since: a line without an id of its own may be another line now. */
  mended?: boolean;
}

/** What there is to do, and where results go. */
export interface Opened {
  source: BatchSource;
  /** Absolute path. */
  output: string;
  /** Lines of the input. */
  total: number;
}

/** Where a page begins: the cost of reading it does not depend on what comes before. */
export interface Cursor {
  /** Bytes from the beginning of the input. */
  offset: number;
  /** Of the first line of the page, from 1. */
  line: number;
  /** In a folder: the file before. */
  after?: string;
  /** Bytes from the beginning of the kept results. */
  previousOffset?: number;
}

export type BatchItem =
  | (LineHead & { text: string; /** Of the text; absent in pages of an earlier version. */ hash?: string })
  | (LineHead & { /** What is wrong with the line. */ bad: string })
  | { /** Results to copy: bytes of the kept results, from the first to before the last. */ kept: Range; tally: Tally };

type Range = [from: number, to: number];

export interface Page {
  items: BatchItem[];
  /** Absent after the last page. */
  next?: Cursor;
}

/** A stretch of the output: lines that end with a line break, or a stretch of the kept results. */
export type OutputPart = string | Range;
