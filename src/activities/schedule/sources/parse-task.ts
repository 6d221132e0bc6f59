/** One entry of a feed, or the readable text of a page. */
export interface Parsed {
  /** What names the entry for good; absent when only its content does. */
  identity?: string;
  /** All that it says of itself, names and content. */
  exactly: string;
  title?: string;
  url?: string;
  /** ISO 8601 */
  publishedAt?: string;
  text: string;
}

export interface ParseTask {
  kind: 'feed' | 'page' | 'text';
  document: Uint8Array;
  /** As the header has it. */
  charset?: string;
  /** Relative addresses are meant from here. */
  url: string;
}

/** What the thread says before it begins to parse. */
export const READY = 'ready';
