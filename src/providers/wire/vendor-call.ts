import { boundedPost, isSuccess, type Progress, type WholeResponse } from './bounded-request.js';
import { headersOf, secretsOf, type Connection, type Scheme } from './connection.js';
import { connectionFailure } from './connection-failure.js';
import { ProviderError } from '../provider.js';
import { errorInside, notJson, statusFailure } from './answer-failure.js';
import { jsonIn } from './json.js';
import { billed } from './usage.js';
import { holdsError } from './vendor-error.js';
import type { Untold } from './vendor-message.js';

type Fetch = typeof globalThis.fetch;

/** One call of a vendor's SDK. */
export interface Call {
  connection: Connection;
  /** How the vendor wants its key; `bearer` by default. */
  scheme?: Scheme;
  /** The text that is sent, which no message may tell. */
  text: string;
  signal: AbortSignal;
  /** Of several calls for one answer; by default the connection's time limit, from now. */
  deadline?: AbortSignal;
  /** Puts an answer into the shape that the SDK knows, or throws a {@link ProviderError}. */
  shape?: (json: unknown) => unknown;
  /** Reads a body that is no JSON, such as an event stream. @returns undefined for what it cannot read either */
  unstream?: (body: string) => unknown;
}

/** Of what an SDK puts into the head of a request, all that a vendor needs beside what is ours to say. */
const FROM_SDK = ['anthropic-version', 'anthropic-beta'];

/**
 * Calls a vendor through its SDK, which writes the request and reads the answer. The `fetch` that it is given makes one
 * bounded request, within one time limit for headers and body, and throws our own failures: so no retry, error, log or
 * ambient variable of an SDK decides what a failure is, where the key goes, or what else is sent.
 * @param send calls the SDK with that `fetch`
 * @returns what the SDK made of a 2xx answer
 * @throws ProviderError, or the signal's reason when it was aborted
 */
export async function callVendor(call: Call, send: (fetch: Fetch) => Promise<unknown>): Promise<unknown> {
  const { connection, scheme = 'bearer', signal } = call;
  signal.throwIfAborted();
  const headers = headersOf(connection, scheme);
  const came: { failure?: Error; answer?: true } = {};
  const fetch: Fetch = async (url, init) => {
    try {
      const body = await exchange(url instanceof Request ? url.url : url, init, headers, call);
      came.answer = true;
      return new ReadAnswer(body);
    } catch (error) {
      came.failure = error instanceof Error ? error : new TypeError(String(error));
      throw came.failure;
    }
  };
  try {
    return await send(fetch);
  } catch (error) {
    signal.throwIfAborted(); // our own cancellation is not the provider's failure
    throw came.failure ?? (came.answer ? unreadable(error) : unmade(error)); // an SDK wraps what its `fetch` throws
  }
}

/** What was read already, as an SDK reads it; to stream a body to it would take longer than all else that it does. */
class ReadAnswer extends Response {
  override readonly json = () => Promise.resolve(this.read);
  override readonly text = () => Promise.resolve(JSON.stringify(this.read));

  constructor(private readonly read: unknown) {
    super(null, { headers: { 'content-type': 'application/json' } });
  }
}

/** One request and its answer. @returns the JSON of a 2xx */
async function exchange(
  url: string | URL,
  init: RequestInit | undefined,
  headers: Record<string, string>,
  { connection, text, signal, deadline = AbortSignal.timeout(connection.timeoutMs), shape, unstream }: Call,
): Promise<unknown> {
  if (typeof init?.body !== 'string') throw new TypeError('an SDK sends something else than JSON in a string');
  const given = new Headers(init.headers);
  const fromSdk = FROM_SDK.flatMap((name): [string, string][] => {
    const value = given.get(name);
    return value === null ? [] : [[name, value]];
  });
  const all = { ...Object.fromEntries(fromSdk), ...headers };
  const progress: Progress = { sent: false };
  const limits = { headers: all, body: init.body, signal: AbortSignal.any([signal, deadline]) };
  const response = await boundedPost(url, limits, progress).catch((error: unknown) => {
    signal.throwIfAborted();
    if (deadline.aborted) throw timeout(connection.timeoutMs, progress);
    throw error instanceof ProviderError ? error : connectionFailure(error, progress.sent);
  });
  signal.throwIfAborted();
  const json = answerIn(response, { secrets: secretsOf(connection), text }, connection, unstream);
  return shape ? shape(json) : json;
}

function timeout(timeoutMs: number, { sent }: Progress): ProviderError {
  const message = sent ? `no full answer in ${timeoutMs} ms` : `no connection in ${timeoutMs} ms`;
  return new ProviderError('Timeout', message, sent ? { possiblyPaid: true } : { neverSent: true });
}

function answerIn(
  response: WholeResponse,
  untold: Untold,
  connection: Connection,
  unstream: Call['unstream'],
): unknown {
  if (!isSuccess(response.status)) throw statusFailure(response, untold, connection);
  const json = jsonIn(response.body.trim()) ?? unstream?.(response.body);
  if (json === undefined) throw new ProviderError('BadOutput', notJson(response), billed(undefined));
  if (holdsError(json)) throw errorInside(json, response, untold, connection);
  return json;
}

/** The SDK could not make a request at all. */
function unmade(error: unknown): ProviderError {
  return new ProviderError('BadRequest', `the request could not be made (check baseUrl; ${nameOf(error)})`, {
    neverSent: true,
  });
}

/** The SDK choked on an answer that had passed. */
function unreadable(error: unknown): ProviderError {
  return new ProviderError('BadOutput', `the answer could not be read (${nameOf(error)})`, { possiblyPaid: true });
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
