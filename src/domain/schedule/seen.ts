import { z } from 'zod';
import { held } from '../input.js';

/** An item has two keys at most; what is gone is remembered for a while. */
export const MAX_SEEN = 50_000;
/** 96 bits in base64url: no two of a million items share a key. */
export const KEY_CHARS = 16;
export const seenKey = held(z.string().regex(/^[\w-]{16}$/));

/** Keys that are remembered though their items left the source: a feed may show an entry again. An item has two at most. */
const KEPT_OF_THE_GONE = 4_000;

/**
 * What a schedule need not remember after a reading: of the keys that its source has no more, all but the newest.
 * @param seen the oldest first
 * @param present all keys that the source has now
 */
export function forgettable(seen: Iterable<string>, present: ReadonlySet<string>): string[] {
  const gone = [...seen].filter((key) => !present.has(key));
  return gone.slice(0, Math.max(0, gone.length - KEPT_OF_THE_GONE));
}

/** Keys in one text, since there are many. */
export function packed(keys: Iterable<string>): string {
  return [...keys].join('');
}

export function unpacked(text: string): Set<string> {
  return new Set(text.match(/.{16}/gs));
}
