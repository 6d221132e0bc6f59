import { createHash } from 'node:crypto';
import { AccessError } from '../../../domain/schedule/access.js';
import { keysOf, type Item, type Reading, type ReadRequest } from '../../../domain/schedule/recurring.js';
import { remembered } from '../../../domain/schedule/seen.js';
import { filesBelow } from './files.js';
import type { Found, Surroundings } from './found.js';
import { webDocuments } from './web-documents.js';

/** More does not fit what one run carries to the next: it is a batch. */
const MOST_ITEMS = 20_000;
/** Of all new items of one reading as JSON, below Temporal's 2 MiB for a payload and 4 MiB for a message. */
const PAGE_BYTES = 1_800_000;

/**
 * Reads a source and takes the new items that come first, as many as fit a message.
 * @throws AccessError, or ApplicationFailure of type `InvalidInput` for a path
 */
export async function readNew(request: ReadRequest, surroundings: Surroundings): Promise<Reading> {
  const { source, progress, limit } = request;
  const found = await find(request, surroundings);
  if (found === undefined) return { items: [], left: 0, progress };
  const candidates = new Map(found.candidates.map((candidate) => [keyOf(candidate.identity), candidate]));
  if (candidates.size > MOST_ITEMS) {
    throw new AccessError(
      'TooLarge',
      `the source has ${candidates.size} items; the limit is ${MOST_ITEMS}: make it a batch`,
    );
  }
  const seen = new Set(progress.seen);
  const fresh = [...candidates].filter(([key, { alias }]) => !seen.has(key) && !seen.has(keyOf(alias)));
  const present = new Set([...candidates].flatMap(([key, { alias }]) => [key, keyOf(alias)]));
  const kept = remembered(progress.seen, present);
  const items: Item[] = [];
  let room = PAGE_BYTES - 20 * kept.length; // the keys go with the items
  for (const [key, { alias, about, content }] of fresh.slice(0, limit)) {
    surroundings.signal.throwIfAborted();
    const item = { key, ...(alias !== undefined && { alias: keyOf(alias) }), about, content: await content() };
    room -= Buffer.byteLength(JSON.stringify(item));
    if (room < 0 && items.length > 0) break;
    items.push(item);
  }
  const left = fresh.length - items.length;
  const { etag, lastModified } = found;
  const isWhole = left === 0;
  return {
    items,
    left,
    progress: {
      seen: [...kept, ...items.flatMap(keysOf)],
      // With something left behind, an answer of "not modified" would hide it.
      ...(isWhole && 'url' in source && { url: source.url }),
      ...(isWhole && etag !== undefined && { etag }),
      ...(isWhole && lastModified !== undefined && { lastModified }),
    },
  };
}

/** @returns undefined when the source says that nothing has changed */
function find({ source, progress, except }: ReadRequest, surroundings: Surroundings): Promise<Found | undefined> {
  switch (source.kind) {
    case 'file':
      return filesBelow(surroundings.files, source.path, except);
    case 'url':
    case 'feed':
      return webDocuments(source, progress, surroundings);
  }
}

/** 96 bits: no two of a million items share a key. */
function keyOf(identity = ''): string {
  return createHash('sha256').update(identity).digest('base64url').slice(0, 16);
}
