import { parseFeed } from 'feedsmith';
import { identitiesOf, type Named } from '../../../domain/schedule/identity.js';
import { bodyText, titleText } from './feed-text.js';
import type { Parsed } from './parse-task.js';

interface Words {
  value: string;
  /** `unsaid`: nobody says which of both; a body is HTML then, and a title is looked at. */
  as: 'plain' | 'html' | 'unsaid';
}

/** What an entry says, the same for all formats. */
interface Entry {
  guid: string | undefined;
  title: Words | undefined;
  links: string[];
  publishedAt: string | undefined;
  /** Best first. */
  bodies: Words[];
  /** What its relative addresses are meant from, the outermost first. */
  bases: (string | undefined)[];
}

interface FeedOf {
  entries: Entry[];
  /** Of the whole feed. */
  site: string | undefined;
}

/** The entries of a feed, the oldest first: by date where all have one, else feeds begin with the newest. */
export function feedEntries(document: string, address: string): Parsed[] {
  const { entries, site } = feedIn(document);
  const named = entries.map((entry): Named => {
    const link = linkOf(entry, address);
    return { ...(entry.guid !== undefined && { guid: entry.guid }), ...(link !== undefined && { link }) };
  });
  const identities = identitiesOf(named, site);
  const parsed = entries.map((entry, index) => toParsed(entry, named[index] ?? {}, identities[index]));
  const dated = parsed.every(({ publishedAt }) => publishedAt !== undefined);
  const oldestFirst = dated
    ? parsed.toSorted((a, b) => String(a.publishedAt).localeCompare(String(b.publishedAt)))
    : parsed.toReversed();
  return oldestFirst.filter(({ text, identity }) => text !== '' || identity !== undefined);
}

/** What parses feeds takes an element without its end for a whole one. */
const END_OF_FEED = /<\/(?:[\w.-]{1,40}:)?(?:rss|feed|rdf)\s*>/i;

function feedIn(document: string): FeedOf {
  if (/^\s*</.test(document) && !END_OF_FEED.test(document)) throw new Error('a feed that is cut off');
  const { format, feed } = parseFeed(document);
  switch (format) {
    case 'rss':
      return {
        site: feed.link,
        entries: (feed.items ?? []).map((item) => ({
          guid: item.guid?.value,
          title: words('unsaid', item.title)[0],
          links: said(item.link, item.guid?.isPermaLink === true ? item.guid.value : undefined),
          publishedAt: item.pubDate ?? item.dc?.dates?.[0],
          bodies: [...words('html', item.content?.encoded, item.description), ...mediaWords(item.media)],
          bases: [feed.xml?.base, item.xml?.base],
        })),
      };
    case 'rdf':
      return {
        site: feed.link,
        entries: (feed.items ?? []).map(({ rdf, title, link, dc, content, description, media }) => ({
          guid: rdf?.about,
          title: words('unsaid', title)[0],
          links: said(link),
          publishedAt: dc?.dates?.[0],
          bodies: [...words('html', content?.encoded, description), ...mediaWords(media)],
          bases: [],
        })),
      };
    case 'atom':
      return {
        site: feed.links?.find(({ rel = 'alternate' }) => rel === 'alternate')?.href,
        entries: (feed.entries ?? []).map(
          ({ id, title, links = [], published, updated, content, summary, media, xml }) => ({
            guid: id,
            title: typed(title)[0],
            links: [
              ...links.filter(({ rel = 'alternate' }) => rel === 'alternate'),
              ...links.filter(({ rel }) => rel !== undefined && rel !== 'alternate'),
            ].flatMap(({ href }) => said(href)),
            publishedAt: published ?? updated,
            bodies: [...typed(content), ...typed(summary), ...mediaWords(media)],
            bases: [feed.xml?.base, xml?.base],
          }),
        ),
      };
    case 'json':
      return {
        site: feed.home_page_url,
        entries: (feed.items ?? []).map((item) => ({
          guid: item.id,
          title: words('plain', item.title)[0],
          links: said(item.url),
          publishedAt: item.date_published,
          bodies: [...words('html', item.content_html), ...words('plain', item.content_text, item.summary)],
          bases: [],
        })),
      };
  }
}

function said(...values: (string | undefined)[]): string[] {
  return values.filter((value) => value !== undefined && value.trim() !== '').map(String);
}

function words(as: Words['as'], ...values: (string | undefined)[]): Words[] {
  return said(...values).map((value) => ({ value, as }));
}

/** A text construct of Atom (RFC 4287, section 3.1): plain unless it says otherwise. */
function typed(construct: { value?: string; type?: string } | undefined): Words[] {
  return words(/html/i.test(construct?.type ?? '') ? 'html' : 'plain', construct?.value);
}

interface Described {
  description?: { value?: string; type?: string };
}

/** Of an element of Media RSS, or of what stands in it; plain unless it says otherwise. */
function mediaWords(media: (Described & { groups?: Described[]; contents?: Described[] }) | undefined): Words[] {
  return [media, ...(media?.groups ?? []), ...(media?.contents ?? [])].flatMap((each) => typed(each?.description));
}

/** The first that leads to the web. */
function linkOf({ links, bases }: Entry, address: string): string | undefined {
  const base = bases.reduce<string>((from, to) => resolved(to ?? '', from) ?? from, address);
  return links.map((link) => resolved(link.trim(), base)).find((link) => link !== undefined);
}

function resolved(address: string, base: string): string | undefined {
  const url = URL.canParse(address, base) ? new URL(address, base) : undefined;
  return url && /^https?:$/.test(url.protocol) ? url.href : undefined;
}

function toParsed({ title, publishedAt, bodies }: Entry, { guid, link }: Named, identity: string | undefined): Parsed {
  const heading = title === undefined ? '' : wordsOf(title, titleText).trim();
  let body = '';
  for (let next = 0; body === '' && next < bodies.length; next += 1) body = wordsOf(bodies[next]);
  const atMs = Date.parse(publishedAt ?? '');
  return {
    ...(identity !== undefined && { identity }),
    exactly: [guid, link, heading, body].map(String).join('\n'),
    ...(heading !== '' && { title: heading }),
    ...(link !== undefined && { url: link }),
    ...(!Number.isNaN(atMs) && { publishedAt: new Date(atMs).toISOString() }),
    text: [heading, body].filter(Boolean).join('\n\n'),
  };
}

/** @param unsaid what to make of words of which nobody says what they are */
function wordsOf(given: Words | undefined, unsaid = bodyText): string {
  switch (given?.as) {
    case undefined:
      return '';
    case 'plain':
      return given.value.trim();
    case 'html':
      return bodyText(given.value);
    case 'unsaid':
      return unsaid(given.value);
  }
}
