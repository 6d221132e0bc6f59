import { Agent, request } from 'undici';
import { ProviderError } from '../provider.js';

/** No summary or label comes near it; an answer that is longer is a vendor's mistake, or an attack. */
const LONGEST_BODY_BYTES = 4 * 1024 * 1024;

/**
 * The caller's signal limits the whole exchange, so there is no limit for a part of it. Connections are kept for the next
 * call, 4 s unless the vendor says otherwise.
 */
const agent = new Agent({ headersTimeout: 0, bodyTimeout: 0 });

export interface WholeResponse {
  status: number;
  headers: Headers;
  body: string;
}

/**
 * A POST and its whole answer.
 * - A redirect is not followed: it would carry the key and the text to a host that nobody configured.
 * - Nothing is sent twice, not even on a kept connection that the vendor closes just then: it may have been answered, and
 *   billed. To the run that is a connection that was reset.
 * @throws ProviderError `BadOutput` for a body over the limit, else what undici throws
 */
export async function boundedPost(
  url: string | URL,
  { headers, body, signal }: { headers: Record<string, string>; body: string; signal: AbortSignal },
): Promise<WholeResponse> {
  const answer = await request(url, { method: 'POST', headers, body, signal, dispatcher: agent });
  const status = answer.statusCode;
  const lines = Object.entries(answer.headers).map(([name, value]): [string, string] => [name, String(value)]);
  return { status, headers: new Headers(lines), body: await textOf(answer.body, status) };
}

async function textOf(chunks: AsyncIterable<Uint8Array>, status: number): Promise<string> {
  const decoder = new TextDecoder();
  let body = '';
  let bytes = 0;
  try {
    for await (const chunk of chunks) {
      bytes += chunk.byteLength;
      if (bytes > LONGEST_BODY_BYTES) throw new ProviderError('BadOutput', 'the answer is larger than 4 MiB');
      body += decoder.decode(chunk, { stream: true });
    }
  } catch (error) {
    if (status >= 200 && status < 300) throw error; // otherwise the status says what failed, and a body counts as far as it came
  }
  return body + decoder.decode();
}
