import { parseFeed } from 'feedsmith';
import { htmlText } from './page-text.js';
import type { Parsed } from './parse-apart.js';

type Entry = Omit<Parsed, 'text'> & { /** HTML or plain. */ body: string | undefined; plain?: boolean };

/** The entries of a feed that have a text, the oldest first: by date where all have one, else feeds begin with the newest. */
export function feedEntries(document: string, base: string): Parsed[] {
  const entries = entriesIn(document).map((entry) => toParsed(entry, base));
  const dated = entries.every(({ publishedAt }) => publishedAt !== undefined);
  const oldestFirst = dated
    ? entries.toSorted((a, b) => String(a.publishedAt).localeCompare(String(b.publishedAt)))
    : entries.toReversed();
  return oldestFirst.filter(({ text }) => text !== '');
}

function entriesIn(document: string): Entry[] {
  const { format, feed } = parseFeed(document);
  switch (format) {
    case 'rss':
      return (feed.items ?? []).map(({ guid, title, link, pubDate, content, description }) =>
        given({
          identity: guid?.value ?? link,
          title,
          url: link,
          publishedAt: pubDate,
          body: content?.encoded ?? description,
        }),
      );
    case 'rdf':
      return (feed.items ?? []).map(({ rdf, title, link, dc, content, description }) =>
        given({
          identity: rdf?.about ?? link,
          title,
          url: link,
          publishedAt: dc?.dates?.[0],
          body: content?.encoded ?? description,
        }),
      );
    case 'atom':
      return (feed.entries ?? []).map(({ id, title, links, published, updated, content, summary }) => {
        const url = (links?.find(({ rel = 'alternate' }) => rel === 'alternate') ?? links?.[0])?.href;
        const { value: body, type } = content ?? summary ?? {};
        const plain = type === undefined || type === 'text';
        return {
          ...given({ identity: id ?? url, title: title?.value, url, publishedAt: published ?? updated, body }),
          plain,
        };
      });
    case 'json':
      return (feed.items ?? []).map(({ id, title, url, date_published, content_html, content_text, summary }) => {
        const body = content_html ?? content_text ?? summary;
        return {
          ...given({ identity: id ?? url, title, url, publishedAt: date_published, body }),
          plain: content_html === undefined,
        };
      });
  }
}

/** Leaves out what the entry does not say. */
function given(fields: { [K in keyof Entry]?: Entry[K] | undefined }): Entry {
  const set = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
  return { body: undefined, ...set };
}

function toParsed({ identity, title, url, publishedAt, body = '', plain }: Entry, base: string): Parsed {
  const heading = title === undefined ? '' : htmlText(title);
  const text = plain ? body.trim() : htmlText(body);
  const atMs = Date.parse(publishedAt ?? '');
  return {
    ...(identity !== undefined && { identity }),
    ...(heading !== '' && { title: heading }),
    ...(url !== undefined && URL.canParse(url, base) && { url: new URL(url, base).href }),
    ...(!Number.isNaN(atMs) && { publishedAt: new Date(atMs).toISOString() }),
    text: [heading, text].filter(Boolean).join('\n\n'),
  };
}
