import { z } from 'zod';
import { verdict, type Verdict } from '../batch/result-line.js';
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
const source = z.discriminatedUnion('kind', [
  /** `path`: a file, a folder with all below it, or a glob. */
  z.strictObject({ kind: z.literal('file'), path: pathName() }),
  /** A web page; its readable text is the item. */
  z.strictObject({ kind: z.literal('url'), ...readFromWeb }),
  /** RSS, Atom, RDF or JSON Feed; every entry is an item. */
  z.strictObject({ kind: z.literal('feed'), ...readFromWeb }),
]);
export type Source = z.output<typeof source>;

const webhookSink = z.strictObject({
  kind: z.literal('webhook'),
  url: webAddress,
  /** The worker's environment variable that holds the signing secret. */
  secretEnv: variableName().exactOptional(),
});

/** Where results go. */
const sink = z.discriminatedUnion('kind', [
  /** `path`: JSONL, relative to `files.root` of the worker. */
  z.strictObject({ kind: z.literal('file'), path: pathName() }),
  webhookSink,
]);
export type Sink = z.output<typeof sink>;

const MAX_SCHEDULE_CHARS = 500;
const MAX_ITEMS = 1_000_000;

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
}

/** What any client may send. */
export const recurringInput = held(
  z.preprocess(
    withoutNulls,
    z.strictObject({
      schedule: z.string().min(1).max(MAX_SCHEDULE_CHARS),
      source,
      sink,
      maxCostUsd: dollars().exactOptional(),
      maxItems: z.int().min(1).max(MAX_ITEMS).exactOptional(),
    }) satisfies z.ZodType<RecurringInput>,
  ),
);

/** What an item is, for whoever reads its result. */
interface About {
  title?: string;
  url?: string;
  /** Relative to `files.root`. */
  path?: string;
  /** ISO 8601 */
  publishedAt?: string;
}

/** One text of a source, or why there is none. */
export interface Item {
  /** Names the item among all of its source, for good: a hash of what identifies it. */
  key: string;
  /** Names it too; both are remembered. */
  alias?: string;
  about: About;
  content:
    | { text: string; /** What was done to the text, as `cut …`. */ note?: string }
    | { error: { type: string; message: string } };
}

/** All that an item is remembered by. */
export function keysOf({ key, alias }: Pick<Item, 'key' | 'alias'>): string[] {
  return alias === undefined ? [key] : [key, alias];
}

/** An item has two keys at most; what is gone is remembered for a while. */
const MAX_SEEN = 50_000;
const MAX_KEY_CHARS = 64;
export const MAX_HEADER_CHARS = 8_192;

/** What a schedule knows of its source, carried from run to run. */
const progress = z.object({
  /** Keys of items, the oldest first. */
  seen: z.array(z.string().max(MAX_KEY_CHARS)).max(MAX_SEEN),
  /** Of the last reading that left nothing behind, and of which address. */
  url: z.string().max(MAX_PATH_CHARS).exactOptional(),
  etag: z.string().max(MAX_HEADER_CHARS).exactOptional(),
  lastModified: z.string().max(MAX_HEADER_CHARS).exactOptional(),
});
export type Progress = z.output<typeof progress>;

/** What a run asks of its source. */
export const readRequest = held(
  z.strictObject({
    source,
    progress,
    /** Takes no more items than this. */
    limit: z.int().min(1).max(MAX_ITEMS),
    /** A file that is no item, relative to `files.root`: where the results go. */
    except: pathName().exactOptional(),
  }),
);
export type ReadRequest = z.output<ReturnType<typeof readRequest>>;

/** New items of a source, and what is known of it when they are done. */
export interface Reading {
  items: Item[];
  /** New items that wait for the next reading. */
  left: number;
  progress: Progress;
}

const count = z.int().min(0);

/** Result of the workflow `recurring`. The next run of the schedule begins with its `progress`. */
export const recurringReport = held(
  z.object({
    /** Items that were analyzed and delivered, well or not. */
    taken: count,
    /** How many of them have an error in place of an analysis. */
    failed: count,
    /** How many of them the webhook does not accept. */
    refused: count,
    /** New items that wait for the next run: over `maxItems` or `maxCostUsd`. */
    left: count,
    /** US dollars; null when not known. */
    costUsd: z.number().nullable(),
    progress,
  }),
);
export type RecurringReport = z.output<ReturnType<typeof recurringReport>>;

/** Of a run whose history was cut, to the next. `mostSpentUsd`: never too little. US dollars. */
export const carriedRecurring = held(z.object({ report: recurringReport(), mostSpentUsd: z.number().min(0) }));
export type CarriedRecurring = z.output<ReturnType<typeof carriedRecurring>>;

/** What a sink gets for an item. */
export type Delivery = Verdict & About & { id: string; schedule: string; note?: string };

const MAX_DELIVERY_ID_CHARS = MAX_SCHEDULE_CHARS + MAX_KEY_CHARS + 1;
/** Of the deliveries of one reading. */
const MAX_DELIVERIES = 20_000;

/** What a sink may be asked to take: begins with the id, as it is written. */
const delivery = z
  .object({
    id: z.string().min(1).max(MAX_DELIVERY_ID_CHARS),
    schedule: z.string().max(MAX_SCHEDULE_CHARS),
    title: z.string().exactOptional(),
    url: z.string().exactOptional(),
    path: z.string().exactOptional(),
    publishedAt: z.string().exactOptional(),
    note: z.string().exactOptional(),
  })
  .and(verdict()) satisfies z.ZodType<Delivery>;
export const deliveries = held(z.array(delivery).max(MAX_DELIVERIES));

/** One result to a webhook. */
export const post = held(z.object({ webhook: webhookSink, delivery }));

/** Sources and sinks are served by a worker of their own: a slow page cannot hold a provider up. */
export const RECURRING_TASK_QUEUE = `${ANALYZE_TASK_QUEUE}.recurring.io`; // no name of a provider has a dot

/** Of a run, and of each of its analyses with the key of the item behind it. */
export function recurringIdOf(schedule: string): string {
  return `recurring/${schedule}`;
}

function isHttp(address: string): boolean {
  return URL.canParse(address) && /^https?:$/.test(new URL(address).protocol);
}
