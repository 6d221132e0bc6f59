import { subscribe } from 'node:diagnostics_channel';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import { Agent, request } from 'undici';
import { z } from 'zod';
import { ProviderError } from '../provider.js';

/** No summary or label comes near it; an answer that is longer is a vendor's mistake, or an attack. */
const MAX_BODY_BYTES = 256 * 1024;
const TOO_LARGE = 'the answer is larger than 256 KiB';

/**
 * The caller's signal limits the whole exchange, so there is no limit for a part of it. Connections are kept for the next
 * call, 4 s unless the vendor says otherwise.
 */
const agent = new Agent({ headersTimeout: 0, bodyTimeout: 0 });

/** Whether a request went out to the vendor: until there is a connection, it did not. */
export interface Progress {
  sent: boolean;
}

const underWay = new WeakMap<object, Progress>();
const Sending = z.object({ request: z.object({ body: z.instanceof(Uint8Array) }) });

/** undici tells when it has written the head of a request to a socket. */
subscribe('undici:client:sendHeaders', (message) => {
  const progress = underWay.get(Sending.safeParse(message).data?.request.body ?? {});
  if (progress) progress.sent = true;
});

/** An answer, with all of its body. */
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
 * @param progress told when the request goes out
 * @throws ProviderError `BadOutput` for a body over the limit, else what undici throws
 */
export async function boundedPost(
  url: string | URL,
  { headers, body, signal }: { headers: Record<string, string>; body: string; signal: AbortSignal },
  progress: Progress,
): Promise<WholeResponse> {
  const bytes = Buffer.from(body);
  underWay.set(bytes, progress);
  const asked = request(url, { method: 'POST', headers, body: bytes, signal, dispatcher: agent });
  const answer = await unlessAborted(asked, signal);
  const status = answer.statusCode;
  const lines = Object.entries(answer.headers).map(([name, value]): [string, string] => [name, String(value)]);
  const responseHeaders = new Headers(lines);
  const read = await bodyOf(answer.body, status);
  return { status, headers: responseHeaders, body: await textOf(read, responseHeaders, status) };
}

/** undici hears of an abort only once there is a connection; then it sends nothing. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      reject(signal.reason instanceof Error ? signal.reason : new DOMException('aborted', 'AbortError'));
    };
    signal.addEventListener('abort', abort);
    void work.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', abort);
    });
  });
}

async function bodyOf(chunks: AsyncIterable<Uint8Array>, status: number): Promise<Buffer> {
  const read: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of chunks) {
      bytes += chunk.byteLength;
      if (bytes > MAX_BODY_BYTES) throw new ProviderError('BadOutput', TOO_LARGE, { possiblyPaid: true });
      read.push(chunk);
    }
  } catch (error) {
    if (isSuccess(status)) throw error; // otherwise the status says what failed, and a body counts as far as it came
  }
  return Buffer.concat(read);
}

export function isSuccess(status: number): boolean {
  return status >= 200 && status <= 299;
}

const UNPACK = { gzip: promisify(gunzip), deflate: promisify(inflate), br: promisify(brotliDecompress) };

/** Nobody asks for a packed body; some proxies send one all the same, a few without saying so. */
async function textOf(bytes: Buffer, headers: Headers, status: number): Promise<string> {
  const packing = packingOf(bytes, headers.get('content-encoding'));
  if (packing === undefined) return decoded(bytes);
  try {
    return decoded(await UNPACK[packing](bytes, { maxOutputLength: MAX_BODY_BYTES }));
  } catch (error) {
    if (!isSuccess(status)) return '';
    const tooLarge = error instanceof RangeError;
    throw new ProviderError('BadOutput', tooLarge ? TOO_LARGE : `a body that is not ${packing}`, {
      possiblyPaid: true,
    });
  }
}

function packingOf(bytes: Buffer, encoding: string | null): keyof typeof UNPACK | undefined {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return 'gzip';
  const named = encoding?.trim().toLowerCase();
  const looksPlain = /^\s*[[{<"]/.test(bytes.subarray(0, 64).toString('latin1')); // a header that a proxy forgot to take off
  return (named === 'deflate' || named === 'br') && !looksPlain ? named : undefined;
}

/** A mark of byte order is no part of the text. */
function decoded(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
