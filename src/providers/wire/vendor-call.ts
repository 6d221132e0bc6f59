import { AsyncLocalStorage } from 'node:async_hooks';
import { STATUS_CODES } from 'node:http';
import { boundedPost, type WholeResponse } from './bounded-request.js';
import { connectionFailure } from './connection-failure.js';
import { ProviderError } from '../provider.js';
import { rateLimitResetMs, retryAfterMs } from '../../http/retry-after.js';
import { kindOfStatus } from './status.js';
import { usageIn } from './usage.js';
import { holdsError, vendorErrorIn } from './vendor-error.js';
import { shortened, vendorMessage } from './vendor-message.js';

export interface Connection {
  /** Undefined with an `apiKeyEnv`: the key is missing. Undefined without one: the vendor wants none. */
  apiKey: string | undefined;
  /** The environment variable that holds the key, for a person to set. */
  apiKeyEnv?: string | undefined;
  /** For the whole answer, from the first byte sent to the last received. */
  timeoutMs: number;
}

type Fetch = typeof globalThis.fetch;
const callUnderWay = new AsyncLocalStorage<Fetch>();

/** The `fetch` to give to an SDK, so that its client can be made once: belongs to the call under way. */
export const vendorFetch: Fetch = (url, init) => {
  const fetch = callUnderWay.getStore();
  if (!fetch) throw new Error('vendorFetch is for SDKs within callVendor');
  return fetch(url, init);
};

/**
 * One HTTP call through a vendor's SDK. The SDK writes the request; the key, the time limit and the reading of the answer
 * are ours, so that no SDK's error, log, retry or ambient variable decides what a failure is or where the key goes.
 * @param send calls the SDK, which was given {@link vendorFetch}, once; what the SDK makes of the answer is not used
 * @param text what must not be told in any message
 * @returns the JSON body of a 2xx answer
 * @throws ProviderError, or the signal's reason when it was aborted
 */
export async function callVendor(
  connection: Connection,
  text: string,
  signal: AbortSignal,
  send: () => Promise<unknown>,
): Promise<unknown> {
  signal.throwIfAborted();
  const headers = headersFor(connection);
  const { timeoutMs, apiKey } = connection;
  const deadline = AbortSignal.timeout(timeoutMs);
  const words = (message: string) => vendorMessage(message, apiKey, text);
  let outcome: { json: unknown } | { error: unknown } | undefined;

  const exchange = async (...[url, init]: Parameters<Fetch>): Promise<unknown> => {
    if (typeof init?.body !== 'string') throw new TypeError('an SDK sends something else than JSON in a string');
    const request = { headers, body: init.body, signal: AbortSignal.any([signal, deadline]) };
    const response = await boundedPost(url instanceof Request ? url.url : url, request).catch((error: unknown) => {
      signal.throwIfAborted(); // our own cancellation is not the provider's failure
      if (deadline.aborted)
        throw new ProviderError('Timeout', `no full answer in ${timeoutMs} ms`, { possiblyPaid: true });
      throw error instanceof ProviderError ? error : connectionFailure(error);
    });
    signal.throwIfAborted();
    return answerIn(response, words, connection);
  };

  const fetch: Fetch = async (url, init) => {
    try {
      const json = await exchange(url, init);
      outcome = { json };
      return Response.json(json);
    } catch (error) {
      outcome = { error };
      throw error;
    }
  };

  // An SDK wraps our errors in its own, and refuses answers that the adapters can read.
  await callUnderWay.run(fetch, send).catch(() => undefined);
  if (outcome === undefined) throw new ProviderError('BadRequest', 'the request could not be made (check baseUrl)');
  if ('error' in outcome) throw outcome.error;
  return outcome.json;
}

function headersFor({ apiKey, apiKeyEnv }: Connection): Record<string, string> {
  if (apiKey === undefined && apiKeyEnv !== undefined) throw new ProviderError('Auth', `no API key (set ${apiKeyEnv})`);
  const headers = {
    accept: 'application/json',
    'accept-encoding': 'identity',
    'content-type': 'application/json',
    'user-agent': 'understudy',
  };
  if (apiKey === undefined) return headers;
  if (!/^[\x21-\x7e]+$/.test(apiKey)) {
    throw new ProviderError('Auth', `the API key is empty or holds characters no key has${hint('set', apiKeyEnv)}`);
  }
  return { ...headers, authorization: `Bearer ${apiKey}` };
}

function hint(verb: 'set' | 'check', apiKeyEnv: string | undefined): string {
  return ` (${verb} ${apiKeyEnv ?? 'apiKeyEnv'})`;
}

function answerIn(response: WholeResponse, words: (message: string) => string, connection: Connection): unknown {
  if (response.status < 200 || response.status > 299) throw statusFailure(response, words, connection);
  const json = jsonIn(response.body);
  if (json === undefined) throw new ProviderError('BadOutput', notJson(response));
  if (!holdsError(json)) return json;
  const message = `${response.status} with an error inside: ${words(vendorErrorIn(json).message) || 'it has no message'}`;
  throw new ProviderError('BadOutput', shortened(message, 300), { usage: usageIn(json) });
}

function statusFailure(
  { status, headers, body }: WholeResponse,
  words: (message: string) => string,
  { apiKey, apiKeyEnv }: Connection,
): ProviderError {
  const { message, code, estimatedTimeS } = vendorErrorIn(jsonIn(body));
  const said = words(message);
  const kind = kindOfStatus(status, code, said);
  const delayMs =
    retryAfterMs(headers, Date.now()) ??
    (status === 429 ? rateLimitResetMs(headers) : undefined) ??
    (estimatedTimeS === undefined ? undefined : estimatedTimeS * 1000);
  const options = { retryAfterMs: delayMs };
  if (kind === 'Auth') {
    // never in the vendor's words: they quote the key
    const keyless = apiKey === undefined ? '401 an API key is needed' : '401 invalid API key';
    const line =
      status === 401 ? keyless + hint('set', apiKeyEnv) : `${status} access denied${hint('check', apiKeyEnv)}`;
    return new ProviderError('Auth', line, options);
  }
  if (status < 400) return new ProviderError(kind, `${status} answers with a redirect; set baseUrl`, options);
  return new ProviderError(kind, `${status} ${said || (STATUS_CODES[status] ?? 'without a message')}`, options);
}

function notJson({ status, body }: WholeResponse): string {
  if (body.trim() === '') return `${status} with an empty body`;
  return /^\s*</.test(body) ? `${status} with HTML instead of JSON` : `${status} with a body that is not JSON`;
}

function jsonIn(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return undefined;
  }
}
