import { isObject } from '../parsed.js';
import { isSearchAttribute, type SearchAttributeName } from './search-attributes.js';

/** What an operator can be told about. */
export const NOTICE_TOPICS = ['outage', 'batch', 'schedule'] as const;
export type NoticeTopic = (typeof NOTICE_TOPICS)[number];

/** To whom a run tells of itself, as far as the server and the configuration have a place for it. */
export interface Tells {
  /** Names that the server knows: a run that writes another one hangs for ever. */
  searchAttributes: readonly SearchAttributeName[];
  /** What somebody wants a notice about. */
  notices: readonly NoticeTopic[];
}

/** Reads it from what came over a wire; nobody is told where it says nothing. */
export function tellsIn(value: unknown): Tells {
  const { searchAttributes, notices } = isObject(value) ? value : {};
  return {
    searchAttributes: listed(searchAttributes).filter(isSearchAttribute),
    notices: noticeTopicsIn(notices),
  };
}

export function noticeTopicsIn(value: unknown): NoticeTopic[] {
  return listed(value).flatMap((each) => NOTICE_TOPICS.find((topic) => topic === each) ?? []);
}

const MAX_LISTED = 20;

function listed(value: unknown): unknown[] {
  return Array.isArray(value) ? value.slice(0, MAX_LISTED) : [];
}
