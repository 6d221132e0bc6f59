import type { MemoryState } from '../../../domain/schedule/memory.js';
import type { Item } from '../../../domain/schedule/reading.js';
import type { Root } from '../../files/rooted.js';
import type { Web } from '../web/web.js';

/** An item that may be new; its text is fetched when it is. */
export interface FoundItem extends Pick<Item, 'about'> {
  /** What makes it this item and no other. */
  identity: string;
  /** What makes it this item too, should the first be no identity at another time. */
  alias?: string;
  /** Undefined when it is another one meanwhile: it is left for the next run. */
  content: () => Promise<Item['content'] | undefined> | Item['content'];
}

/** All that a source has now, the oldest first, and how to ask it next time. */
export interface Found {
  candidates: FoundItem[];
  etag?: string;
  lastModified?: string;
  bodyDigest?: string;
}

/** What reading needs besides the request. */
export interface Surroundings {
  files: Root;
  web: Web;
  signal: AbortSignal;
  /** What the schedule remembers; asked only when there may be something new. */
  memory: () => Promise<MemoryState>;
}
