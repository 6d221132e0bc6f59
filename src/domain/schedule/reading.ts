import { z } from 'zod';
import { held, MAX_PATH_CHARS, pathName } from '../input.js';
import { hostFiles } from './host-files.js';
import { MAX_SEEN, seenKey } from './seen.js';
import { itemLimit, MAX_SCHEDULE_CHARS, revision, source } from './recurring.js';

/** What an item is, for whoever reads its result. */
export interface About {
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
  /** It is taken up again, the how many-eth time it is taken; absent at the first. */
  take?: number;
  about: About;
  content:
    | { text: string; /** What was done to the text, as `cut …`. */ note?: string }
    | { error: { type: string; message: string } };
}

/** All that an item is remembered by. */
export function keysOf({ key, alias }: Pick<Item, 'key' | 'alias'>): string[] {
  return alias === undefined ? [key] : [key, alias];
}

export const MAX_HEADER_CHARS = 8_192;
const MAX_DIGEST_CHARS = 64;
/** What a run without news carries of them stays below 2 kB. */
export const MAX_PUT_OFF_KEYS = 100;

/** What a run knows of its source from the run before. What was seen is not in it: that is remembered elsewhere. */
export const progress = held(
  z.object({
    /** Of the keys of all items, when none of them was new any more. */
    digest: z.string().max(MAX_DIGEST_CHARS).exactOptional(),
    /** Of the last reading that left nothing behind, and of which address. */
    url: z.string().max(MAX_PATH_CHARS).exactOptional(),
    etag: z.string().max(MAX_HEADER_CHARS).exactOptional(),
    lastModified: z.string().max(MAX_HEADER_CHARS).exactOptional(),
    /** Of its bytes: the same ones need not be parsed. */
    bodyDigest: z.string().max(MAX_DIGEST_CHARS).exactOptional(),
    /** Of the input that it is known under. */
    revision: revision().exactOptional(),
    /** Who has the files. */
    files: hostFiles().exactOptional(),
    /** The last result was not let in by the webhook, and it was the only one: another such, and the webhook is closed. */
    doubted: z.literal(true).exactOptional(),
    /** Keys of items that were tried in vain for what passes, the longest ago first: others go before them. */
    putOffKeys: z.array(seenKey()).max(MAX_PUT_OFF_KEYS).exactOptional(),
    /** Of runs of 0.1: keys of items, the oldest first. */
    seen: z.array(seenKey()).max(MAX_SEEN).exactOptional(),
  }),
);
export type Progress = z.output<ReturnType<typeof progress>>;

/** What a run asks of its source. */
export const readRequest = held(
  z.strictObject({
    schedule: z.string().min(1).max(MAX_SCHEDULE_CHARS),
    source: source(),
    known: progress().pick({
      digest: true,
      url: true,
      etag: true,
      lastModified: true,
      bodyDigest: true,
      putOffKeys: true,
    }),
    /** Takes no more items than this. */
    limit: itemLimit(),
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
  /** Keys that need not be remembered any more. */
  forget: string[];
  known: Omit<ReadRequest['known'], 'putOffKeys'>;
}
