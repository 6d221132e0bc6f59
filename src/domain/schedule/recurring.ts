import type { Verdict } from '../batch/result-line.js';
import { ANALYZE_TASK_QUEUE } from '../task-queues.js';

/** Where a recurring run finds texts. Paths are relative to `files.root` of the worker. */
export type Source =
  | { kind: 'file'; /** A file, a folder with all below it, or a glob. */ path: string }
  | { kind: 'url'; /** A web page; its readable text is the item. */ url: string }
  | { kind: 'feed'; /** RSS, Atom, RDF or JSON Feed; every entry is an item. */ url: string };

/** Where results go. */
export type Sink =
  | { kind: 'file'; /** JSONL, relative to `files.root` of the worker. */ path: string }
  | {
      kind: 'webhook';
      url: string;
      /** The worker's environment variable that holds the signing secret. */ secretEnv?: string;
    };

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
  about: About;
  content:
    | { text: string; /** What was done to the text, as `cut …`. */ note?: string }
    | { error: { type: string; message: string } };
}

/** What a schedule knows of its source, carried from run to run. */
export interface Progress {
  /** Keys of items, the oldest first. */
  seen: string[];
  /** Of the last reading that left nothing behind, and of which address. */
  url?: string;
  etag?: string;
  lastModified?: string;
}

/** What a run asks of its source. */
export interface ReadRequest {
  source: Source;
  progress: Progress;
  /** Takes no more items than this. */
  limit: number;
  /** A file that is no item, relative to `files.root`: where the results go. */
  except?: string;
}

/** New items of a source, and what is known of it when they are done. */
export interface Reading {
  items: Item[];
  /** New items that wait for the next reading. */
  left: number;
  progress: Progress;
}

/** Result of the workflow `recurring`. The next run of the schedule begins with its `progress`. */
export interface RecurringReport {
  /** Items that were analyzed and delivered, well or not. */
  taken: number;
  /** How many of them have an error in place of an analysis. */
  failed: number;
  /** How many of them the webhook does not accept. */
  refused: number;
  /** New items that wait for the next run: over `maxItems` or `maxCostUsd`. */
  left: number;
  /** US dollars; null when not known. */
  costUsd: number | null;
  progress: Progress;
}

/** What a sink gets for an item. */
export type Delivery = Verdict & About & { id: string; schedule: string; note?: string };

/** Sources and sinks are served by a worker of their own: a slow page cannot hold a provider up. */
export const RECURRING_TASK_QUEUE = `${ANALYZE_TASK_QUEUE}.recurring.io`; // no name of a provider has a dot

/** Of a run, and of each of its analyses with the key of the item behind it. */
export function recurringIdOf(schedule: string): string {
  return `recurring/${schedule}`;
}
