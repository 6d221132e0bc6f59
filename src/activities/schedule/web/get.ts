import { fetch, type Dispatcher } from 'undici';
import { EndpointError, failedStatus, redacted } from '../../../domain/schedule/endpoint-error.js';
import { retryAfterMs } from '../../../http/retry-after.js';
import { httpFailure } from './http-failure.js';
import { basicAuth, withoutCredentials } from './credentials.js';

/** Of a whole answer, from the first connection over all redirects to the last byte. */
export const WHOLE_ANSWER_LIMIT_MS = 30_000;
/** Where the caller names nobody. */
const USER_AGENT = 'understudy';

export interface Got {
  headers: Headers;
  body: Uint8Array;
  /** The body has more bytes than the limit; `body` holds those before it. */
  cut: boolean;
}

export interface GetRequest {
  url: string;
  headers: Record<string, string>;
  /** After decompression. */
  maxBytes: number;
  dispatcher: Dispatcher;
  signal: AbortSignal;
  limitMs?: number;
}

/**
 * A GET and its answer, read up to the limit and no further.
 * @returns undefined for a 304
 * @throws EndpointError
 */
export async function get({
  url,
  headers,
  maxBytes,
  dispatcher,
  signal,
  limitMs = WHOLE_ANSWER_LIMIT_MS,
}: GetRequest): Promise<Got | undefined> {
  const what = redacted(url);
  const limit = AbortSignal.timeout(limitMs);
  try {
    const response = await fetch(withoutCredentials(url), {
      headers: { 'user-agent': USER_AGENT, ...basicAuth(url), ...headers },
      dispatcher,
      signal: AbortSignal.any([signal, limit]),
    });
    const { status } = response;
    const received = new Headers([...response.headers]);
    const chunks = response.body ?? [];
    if (status === 304 || !response.ok) {
      await response.body?.cancel();
      if (status === 304) return undefined;
      throw failedStatus(status, what, retryAfterMs(received, Date.now()));
    }
    const read: Uint8Array[] = [];
    let left = maxBytes;
    for await (const chunk of chunks as AsyncIterable<Uint8Array>) {
      read.push(chunk.subarray(0, left));
      left -= chunk.byteLength;
      if (left < 0) break; // ends the download too
    }
    return { headers: received, body: Buffer.concat(read), cut: left < 0 };
  } catch (error) {
    signal.throwIfAborted(); // our own cancellation is not the source's failure
    if (limit.aborted) throw new EndpointError('Unreachable', `${what}: no whole answer in ${limitMs} ms`);
    throw httpFailure(error, what);
  }
}
