import { STATUS_CODES } from 'node:http';
import { rateLimitResetMs, retryAfterMs } from '../../http/retry-after.js';
import { ProviderError } from '../provider.js';
import type { WholeResponse } from './bounded-request.js';
import { hint, type Connection } from './connection.js';
import { jsonIn } from './json.js';
import { objectionIn } from './objection.js';
import { kindOfFailure } from './status.js';
import { billed, usageIn } from './usage.js';
import { vendorErrorIn, type VendorError } from './vendor-error.js';
import { shortened, vendorMessage, type Untold } from './vendor-message.js';

const MAX_MESSAGE_CHARS = 300;

/** HTML, or what Cloudflare's firewall says to whoever takes none. */
const PAGE = /^\s*(<|error code: 1\d{3}\b)/;
/** The vendor's gateway waited no longer, as our own timeout does: the answer may have been made. */
const GAVE_UP_WAITING = [408, 499, 504, 524];

/** What an answer with another status than 2xx is to the run. */
export function statusFailure(response: WholeResponse, untold: Untold, connection: Connection): ProviderError {
  const { status, headers, body } = response;
  const isPage = PAGE.test(body);
  const error = vendorErrorIn(jsonIn(body.trim()) ?? beginningOf(status, body));
  const said = vendorMessage(error.message, untold);
  const code = [error.code, headers.get('x-amzn-errortype')].filter(Boolean).join(' '); // Bedrock
  const restMs = restOf(status, headers, error);
  // A page is of what stands in front of the vendor: a 403 of a firewall is about this text, and not about the key.
  const kind =
    status === 403 && isPage
      ? 'BadRequest'
      : kindOfFailure({ status, code, message: said, namesTime: restMs !== undefined });
  const mayBeBilled = kind === 'Refused' || GAVE_UP_WAITING.includes(status);
  const options = {
    retryAfterMs: restMs,
    ...objections(kind, status, said, error),
    ...(mayBeBilled && { possiblyPaid: true }),
  };
  if (kind === 'Auth') return new ProviderError('Auth', authWords(status, connection), options);
  return new ProviderError(kind, `${status} ${said || unsaid(status, isPage)}`, options);
}

/** Some servers send an error with status 200: what it is about decides, by the same table. */
export function errorInside(
  json: unknown,
  { status, headers }: Pick<WholeResponse, 'status' | 'headers'>,
  untold: Untold,
  connection: Connection,
): ProviderError {
  const error = vendorErrorIn(json);
  const said = vendorMessage(error.message, untold);
  const restMs = restOf(error.status ?? status, headers, error);
  const kind = kindOfFailure({
    status: error.status,
    code: error.code,
    message: said,
    namesTime: restMs !== undefined,
  });
  const options = {
    retryAfterMs: restMs,
    ...billed(usageIn(json)),
    ...objections(kind, error.status ?? 400, said, error),
  };
  const words = kind === 'Auth' ? authWords(error.status ?? 401, connection) : said || 'it has no message';
  return new ProviderError(kind, shortened(`${status} with an error inside: ${words}`, MAX_MESSAGE_CHARS), options);
}

/** A sentence alone: no page, and no JSON. */
const PLAIN_TEXT = /^\s*([^\s<{["][^\n\r]{0,500})/;
/** How far an error's message is looked for in a body that is cut or broken: the rest quotes the text. Characters. */
const MAX_BEGINNING = 4_096;
const MESSAGE = /"(?:message|error|detail|msg)"\s*:\s*"((?:[^"\\]|\\.)*)/;

function beginningOf(status: number, body: string): { message: string } | undefined {
  const isElsewhere = status < 400 || status === 404 || status === 405; // what we say of those helps more
  const message = ((isElsewhere ? null : PLAIN_TEXT.exec(body)) ?? MESSAGE.exec(body.slice(0, MAX_BEGINNING)))?.[1];
  return message === undefined ? undefined : { message };
}

function objections(kind: ProviderError['kind'], status: number, said: string, error: VendorError) {
  const isOurs = kind === 'BadRequest' || kind === 'Unavailable';
  const objection = isOurs ? objectionIn(status, said, error.parameter) : undefined;
  return objection === undefined ? {} : { objection };
}

/** Never in the vendor's words: they quote the key. */
function authWords(status: number, { apiKey, apiKeyEnv }: Connection): string {
  if (status === 403) return `403 access denied${hint('check', apiKeyEnv)}`;
  return `${status} ${apiKey === undefined ? 'an API key is needed' : 'invalid API key'}${hint('set', apiKeyEnv)}`;
}

function unsaid(status: number, isPage: boolean): string {
  if (status < 400) return 'answers with a redirect; set baseUrl';
  const words = STATUS_CODES[status] ?? 'without a message';
  if (status === 404 || status === 405) return `${words} (check baseUrl)`;
  return status === 403 && isPage ? `${words}, by a page in front of the vendor` : words;
}

function restOf(status: number, headers: Headers, { retryAfterMs: named }: VendorError): number | undefined {
  const nowMs = Date.now();
  return retryAfterMs(headers, nowMs) ?? (status === 429 ? rateLimitResetMs(headers, nowMs) : undefined) ?? named;
}

/** Why a 2xx is no answer. */
export function notJson({ status, body }: WholeResponse): string {
  if (body.trim() === '') return `${status} with an empty body`;
  return /^\s*</.test(body) ? `${status} with HTML instead of JSON` : `${status} with a body that is not JSON`;
}
