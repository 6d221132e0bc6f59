import { z } from 'zod';
import { ANALYZE_TASKS } from '../analyze/analysis.js';
import { ANALYZE_TASK_QUEUE } from '../task-queues.js';
import { held, dollars, pathName, withoutNulls } from '../input.js';
import { taskNames, type Task } from '../task.js';
import type { Tally } from './tally.js';

/** Input of the workflow `batch`. Any Temporal client can start it with this. */
export interface BatchInput {
  /** A file (.jsonl, .ndjson, .csv, .tsv, .txt) or a folder of text files, on the worker and inside its `files.root`. */
  input: string;
  /** The file of results, one JSON object a line; it must not exist. */
  output: string;
  /** Tasks of the configuration, asked of each text in one run, in this order; by default each text is analyzed. */
  tasks?: Task[];
  /** Of CSV, or a key of JSONL; `text` by default. */
  textColumn?: string;
  /** By default `id`, where there is one; without an id, the line number is it. */
  idColumn?: string;
  /** What stands between the cells of a CSV; by default what its header tells. One character. */
  delimiter?: string;
  /** Of the input, like `windows-1252`; by default UTF-8, or what a byte order mark says. */
  encoding?: string;
  /** Texts under way at once. */
  concurrency: number;
  /** All texts together never spend more than this. US dollars. */
  maxCostUsd?: number;
  /** Ends a text that has no answer so long after its start. Milliseconds; without it, an outage of a day is waited for. */
  deadlineMs?: number;
  /** Whether equal texts are paid once, by default; `false`: each is analyzed. */
  dedupe?: boolean;
  /** Keeps the results that `output` has, and analyzes the lines that failed or are not there. */
  retry?: boolean;
}

/** Beyond it a batch would run into Temporal's limit of 2,000 pending children. */
export const MAX_CONCURRENCY = 1_000;

const MAX_COLUMN_CHARS = 500;
const MAX_DEADLINE_MS = 10 * 365 * 86_400_000;

/** The name of a column of CSV, or of a key of JSONL. */
export const columnName = held(z.string().min(1).max(MAX_COLUMN_CHARS));

/** One ASCII character that means nothing else in a CSV. */
export const delimiter = held(
  z.string().regex(/^[\t !#-&(-/:-@[\]-`{-~]$/, 'expected one character, like ; or | or a tab'),
);

/** A name of the Encoding Standard (https://encoding.spec.whatwg.org) in which ASCII characters are themselves. */
export const encoding = held(z.string().refine(isEncoding, 'expected a name like utf-8, windows-1252 or utf-16le'));

/** What any client may send. */
export const batchInput = held(
  z.preprocess(
    withoutNulls,
    z.strictObject({
      input: pathName(),
      output: pathName(),
      tasks: taskNames().exactOptional(),
      textColumn: columnName().exactOptional(),
      idColumn: columnName().exactOptional(),
      delimiter: delimiter().exactOptional(),
      encoding: encoding().exactOptional(),
      concurrency: z.int().min(1).max(MAX_CONCURRENCY),
      maxCostUsd: dollars().exactOptional(),
      deadlineMs: z.number().positive().max(MAX_DEADLINE_MS).exactOptional(),
      dedupe: z.boolean().exactOptional(),
      retry: z.boolean().exactOptional(),
    }) satisfies z.ZodType<BatchInput>,
  ),
);

function isEncoding(name: string): boolean {
  try {
    return !new TextDecoder(name).encoding.startsWith('iso-2022');
  } catch {
    return false;
  }
}

/** What the query `status` answers, and the result of the workflow. */
export interface BatchStatus {
  input: string;
  output: string;
  /** Absent where each text is analyzed. */
  tasks?: Task[];
  /** ISO 8601 */
  startedAt: string;
  /** Absent while the batch is still running. ISO 8601 */
  endedAt?: string;
  /** Lines of the input; absent while they are counted. */
  total?: number;
  tally: Tally;
  /** Whose files they are; absent before they were opened, and where every worker has them. */
  host?: string;
  /** Task queue of those who can read and write them. */
  filesQueue?: string;
  /** Workflow ids of the pages under way, the earliest first; each answers `status` with a {@link PageStatus}. */
  pages: string[];
}

/** What the query `status` of a page answers. */
export interface PageStatus {
  /** Of what is done and not yet in the tally of the batch. */
  tally: Tally;
  underWay: number;
  /** Of those under way, the ones that take longer than an answer should. */
  waiting: number;
}

/** In the memo of the workflow: what it is about and how far it is, for whoever has no worker to ask. */
export interface BatchMemo {
  input: BatchInput;
  /** Absent before a worker has taken the batch. */
  status?: Omit<BatchStatus, 'pages'>;
}

/** Where batches are opened, and where shared files are served. */
export const FILES_TASK_QUEUE = `${ANALYZE_TASK_QUEUE}.batch.files`; // no name of a provider has a dot

/** What is asked of each text. */
export function tasksOf({ tasks = [...ANALYZE_TASKS] }: Pick<BatchInput, 'tasks'>): Task[] {
  return tasks;
}

export function batchIdOf(id: string): string {
  return `batch/${id}`;
}
