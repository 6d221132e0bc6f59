import { createHash } from 'node:crypto';
import { EndpointError } from '../../../domain/schedule/endpoint-error.js';
import type { Item, Reading, ReadRequest } from '../../../domain/schedule/reading.js';
import { othersFirst } from '../../../domain/schedule/put-off.js';
import { forgettable, KEY_CHARS, unpacked } from '../../../domain/schedule/seen.js';
import { filesBelow } from './files.js';
import type { Found, Surroundings } from './found.js';
import { webDocuments } from './web-documents.js';

/** More is not remembered: it is a batch. */
const MAX_ITEMS = 20_000;
/** Of all new items of one reading as JSON, below Temporal's 2 MiB for a payload and 4 MiB for a message. */
const PAGE_BYTES = 1_800_000;
const DIGEST_CHARS = 32;

/**
 * Reads a source and takes the new items that come first, as many as fit a message. What was seen is looked up only where
 * the items are not the same as when the source was last read to its end.
 * @throws EndpointError, or ApplicationFailure of type `InvalidInput` for a path
 */
export async function readNew(request: ReadRequest, surroundings: Surroundings): Promise<Reading> {
  const { source, limit } = request;
  const { putOffKeys = [], ...known } = request.known;
  const found = await find(request, surroundings);
  if (found === undefined) return { items: [], left: 0, forget: [], known };
  const candidates = new Map(found.candidates.map((candidate) => [keyOf(candidate.identity), candidate]));
  if (candidates.size > MAX_ITEMS) {
    throw new EndpointError(
      'TooLarge',
      `the source has ${candidates.size} items; the limit is ${MAX_ITEMS}: make it a batch`,
    );
  }
  const digest = digestOf(candidates.keys());
  const { etag, lastModified, bodyDigest } = found;
  const whole = {
    digest,
    ...('url' in source && { url: source.url }),
    ...(etag !== undefined && { etag }),
    ...(lastModified !== undefined && { lastModified }),
    ...(bodyDigest !== undefined && { bodyDigest }),
  };
  if (digest === known.digest) return { items: [], left: 0, forget: [], known: whole };
  const memory = await surroundings.memory();
  const seen = unpacked(memory.seen);
  const takes = new Map(memory.takes);
  const fresh = [...candidates].flatMap(([key, candidate]) =>
    seen.has(key) || seen.has(keyOf(candidate.alias)) ? [] : [{ ...candidate, key }],
  );
  const present = new Set([...candidates].flatMap(([key, { alias }]) => [key, keyOf(alias)]));
  const items: Item[] = [];
  let room = PAGE_BYTES;
  for (const { key, alias, about, content } of othersFirst(fresh, putOffKeys).slice(0, limit)) {
    surroundings.signal.throwIfAborted();
    const told = await content();
    if (told === undefined) continue;
    const take = takes.get(key);
    const item = {
      key,
      ...(alias !== undefined && { alias: keyOf(alias) }),
      ...(take !== undefined && { take }),
      about,
      content: told,
    };
    room -= Buffer.byteLength(JSON.stringify(item));
    if (room < 0 && items.length > 0) break;
    items.push(item);
  }
  const placeOf = new Map(fresh.map(({ key }, index) => [key, index]));
  items.sort((one, other) => (placeOf.get(one.key) ?? 0) - (placeOf.get(other.key) ?? 0));
  const left = fresh.length - items.length;
  // With something left behind, an answer of "not modified" would hide it.
  // A source without anything is one that is not there for the moment, as a folder that is not mounted.
  const forget = candidates.size === 0 ? [] : forgettable(seen, present);
  return { items, left, forget, known: left === 0 ? whole : {} };
}

/** @returns undefined when the source says that nothing has changed */
function find({ source, known, except }: ReadRequest, surroundings: Surroundings): Promise<Found | undefined> {
  switch (source.kind) {
    case 'file':
      return filesBelow(surroundings.files, source.path, except);
    case 'url':
    case 'feed':
      return webDocuments(source, known, surroundings);
  }
}

function keyOf(identity = ''): string {
  return createHash('sha256').update(identity).digest('base64url').slice(0, KEY_CHARS);
}

/** The same for the same items, in whatever order. */
function digestOf(keys: Iterable<string>): string {
  const all = [...keys].sort().join('');
  return createHash('sha256').update(all).digest('base64url').slice(0, DIGEST_CHARS);
}
