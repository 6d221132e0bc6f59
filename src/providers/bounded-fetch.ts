import { ProviderError } from './provider.js';

/** No summary or label comes near it; an answer that is longer is a vendor's mistake, or an attack. */
const LONGEST_BODY_BYTES = 4 * 1024 * 1024;

export interface WholeResponse {
  status: number;
  headers: Headers;
  body: string;
}

/**
 * A request and its whole answer.
 * - A redirect is not followed: it would carry the key and the text to a host that nobody configured.
 * - A connection serves one request. A kept-alive one that the vendor closes just then fails a request that nobody can
 *   safely send again, since it may have been answered and billed. A handshake is cheap beside that.
 * @throws ProviderError `BadOutput` for a body over the limit, else what `fetch` throws
 */
export async function boundedFetch(url: Parameters<typeof fetch>[0], init: RequestInit): Promise<WholeResponse> {
  const headers = new Headers(init.headers);
  headers.set('connection', 'close');
  const response = await fetch(url, { ...init, headers, redirect: 'manual' });
  const { status } = response;
  return { status, headers: response.headers, body: await bodyOf(response) };
}

async function bodyOf(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let body = '';
  let bytes = 0;
  try {
    for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
      bytes += chunk.byteLength;
      if (bytes > LONGEST_BODY_BYTES) throw new ProviderError('BadOutput', 'the answer is larger than 4 MiB');
      body += decoder.decode(chunk, { stream: true });
    }
  } catch (error) {
    if (response.ok) throw error; // otherwise the status says what failed, and a body counts as far as it came
  }
  return body + decoder.decode();
}
