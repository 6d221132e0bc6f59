import { z } from 'zod';
import { taskNames } from '../task.js';
import { ANALYZE_TASK_QUEUE } from '../task-queues.js';
import { held, dollars, MAX_PATH_CHARS, pathName, withoutNulls } from '../input.js';

/** An address of the web. */
const webAddress = z
  .string()
  .max(MAX_PATH_CHARS)
  .refine(isHttp, 'expected an address that begins with https:// or http://');

/** The name of a variable of a worker's environment, and never its value: so a value is not repeated either. */
export const variableName = held(
  z
    .string()
    .max(200)
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'expected the name of an environment variable, not its value'),
);

const readFromWeb = {
  url: webAddress,
  /** The worker's variable that holds what the source wants to know: `user:password`, or a whole `Bearer …`. */
  authEnv: variableName().exactOptional(),
};

/** Where a recurring run finds texts. Paths are relative to `files.root` of the worker. */
const anySource = z.discriminatedUnion('kind', [
  /** `path`: a file, a folder with all below it, or a glob. */
  z.strictObject({ kind: z.literal('file'), path: pathName() }),
  /** A web page; its readable text is the item. */
  z.strictObject({ kind: z.literal('url'), ...readFromWeb }),
  /** RSS, Atom, RDF or JSON Feed; every entry is an item. */
  z.strictObject({ kind: z.literal('feed'), ...readFromWeb }),
]);
export type Source = z.output<typeof anySource>;
export const source = held(anySource);

export const webhookSink = held(
  z.strictObject({
    kind: z.literal('webhook'),
    url: webAddress,
    /** The worker's environment variable that holds the signing secret. */
    secretEnv: variableName().exactOptional(),
  }),
);

/** Where results go. */
const anySink = z.discriminatedUnion('kind', [
  /** `path`: JSONL, relative to `files.root` of the worker. */
  z.strictObject({ kind: z.literal('file'), path: pathName() }),
  webhookSink(),
]);
export type Sink = z.output<typeof anySink>;
export const sink = held(anySink);

export const MAX_SCHEDULE_CHARS = 500;
const MAX_ITEMS = 1_000_000;
const MAX_DEADLINE_MS = 365 * 86_400_000;

/** How many items one run, or one reading, may take. */
export const itemLimit = held(z.int().min(1).max(MAX_ITEMS));
export const revision = held(z.int().min(0));

/** Input of the workflow `recurring`. Any Temporal client can start it, or make a schedule of it, with this. */
export interface RecurringInput {
  /** Begins the ids of its results, so two schedules can share a file. */
  schedule: string;
  source: Source;
  sink: Sink;
  /** One run never spends more than this. US dollars. */
  maxCostUsd?: number;
  /** One run takes no more items than this; the next one takes the others. */
  maxItems?: number;
  /** Tasks of the configuration that are asked of each item; without them each is analyzed. */
  tasks?: string[];
  /** An item without a result after this time is left for the next run. Milliseconds. */
  deadlineMs?: number;
  /** Grows whenever somebody wants everything to be looked at anew, whether or not the source has changed. */
  revision?: number;
}

/** What any client may send. */
export const recurringInput = held(
  z.preprocess(
    withoutNulls,
    z.strictObject({
      schedule: z.string().min(1).max(MAX_SCHEDULE_CHARS),
      source: source(),
      sink: sink(),
      maxCostUsd: dollars().exactOptional(),
      maxItems: itemLimit().exactOptional(),
      tasks: taskNames().exactOptional(),
      deadlineMs: z.int().min(1).max(MAX_DEADLINE_MS).exactOptional(),
      revision: revision().exactOptional(),
    }) satisfies z.ZodType<RecurringInput>,
  ),
);

/** Sources and sinks are served by a worker of their own: a slow page cannot hold a provider up. */
export const RECURRING_TASK_QUEUE = `${ANALYZE_TASK_QUEUE}.recurring.io`; // no name of a provider has a dot

/** Of a run, with the time behind it, and of what is asked about an item, with its key. */
export function recurringIdOf(schedule: string): string {
  return `recurring/${schedule}`;
}

/** Of the workflow that remembers what a schedule has taken. */
export function memoryIdOf(schedule: string): string {
  return `${recurringIdOf(schedule)}/memory`; // longer than a key, shorter than the time of a run
}

function isHttp(address: string): boolean {
  return URL.canParse(address) && /^https?:$/.test(new URL(address).protocol);
}
