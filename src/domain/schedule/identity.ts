/** What an entry of a feed calls itself. */
export interface Named {
  guid?: string;
  /** Absolute. */
  link?: string;
}

/** Shorter ones that have no digit are words like `N/A`, `none` or `item`. */
const SHORTEST_NAME_CHARS = 10;

/**
 * What makes each entry of a feed this one and no other: its guid, else its link, where no other entry has the same. A
 * name that several share is none, and so is a word, or an address that is that of the site.
 * @param site the address that the feed gives for the whole of itself
 * @returns undefined for an entry that only its content tells from the others
 */
export function identitiesOf(entries: readonly Named[], site: string | undefined): (string | undefined)[] {
  const guids = timesOf(entries.map(({ guid }) => guid));
  const links = timesOf(entries.map(({ link }) => link));
  return entries.map(({ guid, link }) => {
    if (guid !== undefined && !isWord(guid) && !isSite(guid, site) && guids.get(guid) === 1) return guid;
    return link !== undefined && !isSite(link, site) && links.get(link) === 1 ? link : undefined;
  });
}

function timesOf(names: readonly (string | undefined)[]): Map<string | undefined, number> {
  const times = new Map<string | undefined, number>();
  for (const name of names) times.set(name, (times.get(name) ?? 0) + 1);
  return times;
}

function isWord(name: string): boolean {
  return name.length < SHORTEST_NAME_CHARS && !/\d/.test(name);
}

function isSite(address: string, site: string | undefined): boolean {
  if (!URL.canParse(address)) return false;
  const { pathname, search, hash, href } = new URL(address);
  const ofSite = site !== undefined && URL.canParse(site) && new URL(site).href === href;
  return ofSite || (/^\/*$/.test(pathname) && search === '' && hash === '' && /^https?:/.test(href));
}
