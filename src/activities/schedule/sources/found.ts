import type { Dispatcher } from 'undici';
import type { Item } from '../../../domain/schedule/recurring.js';

/** An item that may be new; its text is fetched when it is. */
export interface FoundItem extends Pick<Item, 'about'> {
  /** What makes it this item and no other. */
  identity: string;
  content: () => Promise<Item['content']> | Item['content'];
}

/** All that a source has now, the oldest first, and how to ask it next time. */
export interface Found {
  candidates: FoundItem[];
  etag?: string;
  lastModified?: string;
}

/** What reading needs besides the request. */
export interface Surroundings {
  /** The folder that holds all files. Absolute. */
  root: string;
  /** Connects to addresses that may be asked. */
  dispatcher: Dispatcher;
  signal: AbortSignal;
}
