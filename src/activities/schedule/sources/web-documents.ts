import { createHash } from 'node:crypto';
import { EndpointError, redacted } from '../../../domain/schedule/endpoint-error.js';
import { MAX_PATH_CHARS } from '../../../domain/input.js';
import { MAX_HEADER_CHARS, type ReadRequest } from '../../../domain/schedule/reading.js';
import type { Source } from '../../../domain/schedule/recurring.js';
import { oneLine } from '../../../domain/text.js';
import { withoutCredentials } from '../web/credentials.js';
import { get } from '../web/get.js';
import { mediaTypeOf } from '../web/media-type.js';
import { fittingText } from './fitting-text.js';
import { parseApart } from './parse-apart.js';
import type { Parsed } from './parse-task.js';
import type { FoundItem, Found, Surroundings } from './found.js';

const MAX_BYTES = 10 * 1024 * 1024;
const MAX_TITLE_CHARS = 300;
const DIGEST_CHARS = 32;
const ACCEPT = {
  feed: 'application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5',
  url: 'text/html, application/xhtml+xml, text/plain;q=0.9, */*;q=0.5',
};

/**
 * A feed with its entries, or a page with its text.
 * @returns undefined when it has not changed since
 */
export async function webDocuments(
  { kind, url, authEnv }: Exclude<Source, { kind: 'file' }>,
  { url: readBefore, etag, lastModified, bodyDigest }: ReadRequest['known'],
  { web, signal }: Pick<Surroundings, 'web' | 'signal'>,
): Promise<Found | undefined> {
  const what = redacted(url);
  const conditions = {
    ...(url === readBefore && etag !== undefined && { 'if-none-match': etag }),
    ...(url === readBefore && lastModified !== undefined && { 'if-modified-since': lastModified }),
  };
  const headers = {
    accept: ACCEPT[kind],
    'user-agent': web.userAgent,
    ...(authEnv !== undefined && { authorization: web.authorization(authEnv, url) }),
    ...conditions,
  };
  const got = await get({ url, headers, maxBytes: MAX_BYTES, dispatcher: web.dispatcher, signal });
  if (got === undefined) return undefined;
  if (kind === 'feed' && got.cut)
    throw new EndpointError('TooLarge', `${what} is larger than ${MAX_BYTES} bytes (10 MiB)`);
  const newBodyDigest = createHash('sha256').update(got.body).digest('base64url').slice(0, DIGEST_CHARS);
  if (url === readBefore && newBodyDigest === bodyDigest) return undefined;
  const { type, charset } = mediaTypeOf(got.headers);
  const task = {
    kind: kind === 'feed' ? kind : pageKindOf(type, what),
    document: got.body,
    url: origin(url), // links are made from it, and end in results
    ...(charset !== undefined && { charset }),
  };
  const parsed = await parseApart(task, what, signal);
  if (kind === 'url' && parsed.every(({ text }) => text.trim() === '')) {
    throw new EndpointError('Unreadable', `${what} has no text that can be read without running its scripts`);
  }
  const newEtag = fittingHeader(got.headers.get('etag'));
  const newLastModified = fittingHeader(got.headers.get('last-modified'));
  return {
    candidates: parsed.map((each) => toCandidate(each, kind === 'url' ? url : undefined, got.cut)),
    bodyDigest: newBodyDigest,
    ...(newEtag !== undefined && { etag: newEtag }),
    ...(newLastModified !== undefined && { lastModified: newLastModified }),
  };
}

function pageKindOf(type: string | undefined, what: string): 'page' | 'text' {
  if (type === undefined || type === 'text/html' || type === 'application/xhtml+xml') return 'page';
  if (type.startsWith('text/')) return 'text';
  throw new EndpointError('Unreadable', `${what} is ${type}, not a page`);
}

/** Where a document is, without what may be secret in its address. */
function origin(url: string): string {
  const bare = withoutCredentials(url);
  bare.search = '';
  bare.hash = '';
  return bare.href;
}

/** It is carried from run to run. */
function fittingHeader(value: string | null): string | undefined {
  return value === null || value.length > MAX_HEADER_CHARS ? undefined : value;
}

/** @param page the address of a page: it is another item whenever its text is another */
function toCandidate(parsed: Parsed, page: string | undefined, cut: boolean): FoundItem {
  const { identity, exactly, title, url, publishedAt, text } = parsed;
  const shown = page === undefined ? url : redacted(page);
  return {
    ...(page === undefined
      ? { identity: identity ?? exactly, ...(identity !== undefined && { alias: exactly }) }
      : { identity: `${page}\n${text}` }),
    about: {
      ...(title !== undefined && { title: oneLine(title, MAX_TITLE_CHARS) }),
      ...(shown !== undefined && shown.length <= MAX_PATH_CHARS && { url: shown }),
      ...(publishedAt !== undefined && { publishedAt }),
    },
    content: () => fittingText(text, cut),
  };
}
