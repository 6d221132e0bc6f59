import { createHash, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { PayloadCodec } from '@temporalio/common';
import { SetupError } from '../setup-error.js';
import { payloadsIn, writtenPayloads } from './payload-json.js';

/** Bytes. Over the largest message of the Temporal server (4 MiB) in base64. */
const MAX_BODY_BYTES = 8 * 1024 * 1024;
const MAX_CONNECTIONS = 64;
const HEADERS_WITHIN_MS = 5_000;
const REQUEST_WITHIN_MS = 15_000;
/** Seconds for which a browser asks no second time whether it may. */
const PREFLIGHT_KEPT_S = 600;

export interface CodecServer {
  /** With the token as its path: what the Web UI and `temporal --codec-endpoint` take. A secret like the keys. */
  url: string;
  close(): Promise<void>;
}

interface CodecServerOptions {
  codec: PayloadCodec;
  host: string;
  /** 0: one that is free */
  port: number;
  /** Whoever knows it may decrypt and encrypt: as first part of the path, or as bearer. */
  token: string;
  /** Pages that a browser lets ask, as `http://127.0.0.1:8233`. */
  origins: readonly string[];
}

interface Answer {
  status: number;
  content?: object;
}

const refusal = (status: number, message: string): Answer => ({ status, content: { message } });

/**
 * Serves Temporal's remote codec protocol: `POST …/decode` and `…/encode` of `{ "payloads": [...] }`. Logs nothing, and
 * answers nobody who does not know the token.
 * @throws SetupError when the address cannot be listened on
 */
export async function startCodecServer({
  codec,
  host,
  port,
  token,
  origins,
}: CodecServerOptions): Promise<CodecServer> {
  const isToken = sameAs(token);

  async function answerTo(request: IncomingMessage, response: ServerResponse): Promise<Answer> {
    const { origin } = request.headers;
    if (origin !== undefined) {
      if (!origins.includes(origin)) return refusal(403, 'this origin is not allowed');
      allow(origin, response);
    }
    if (request.method === 'OPTIONS') return { status: 204 };
    const direction = directionOf(request, isToken);
    if (direction === undefined) return refusal(404, 'nothing here');
    if (request.method !== 'POST') return refusal(405, 'expected POST');
    const body = await bodyOf(request);
    if (body === undefined) return refusal(413, `expected at most ${MAX_BODY_BYTES} bytes`);
    const payloads = payloadsIn(body);
    if (payloads === undefined) return refusal(400, 'expected { "payloads": [...] }');
    try {
      return { status: 200, content: writtenPayloads(await codec[direction](payloads)) };
    } catch (error) {
      if (!(error instanceof SetupError)) throw error;
      return refusal(400, error.message);
    }
  }

  const server = createServer((request, response) => {
    void answerTo(request, response)
      .catch(() => refusal(500, 'failed'))
      .then((answer) => {
        send(response, answer);
      });
  });
  server.maxConnections = MAX_CONNECTIONS;
  server.headersTimeout = HEADERS_WITHIN_MS;
  server.requestTimeout = REQUEST_WITHIN_MS;
  try {
    await once(server.listen(port, host), 'listening');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new SetupError(`The codec server cannot listen on ${host}:${port} (${code ?? String(error)}).`);
  }
  const { port: taken } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${taken}/${token}`,
    async close() {
      server.closeAllConnections();
      await once(server.close(), 'close');
    },
  };
}

/** Compares in a time that tells nothing of how much was right. */
function sameAs(secret: string): (given: string) => boolean {
  const hashOf = (text: string) => createHash('sha256').update(text).digest();
  const expected = hashOf(secret);
  return (given) => timingSafeEqual(hashOf(given), expected);
}

/** @returns undefined for any other path, and for who does not know the token */
function directionOf(
  { url = '', headers }: IncomingMessage,
  isToken: (given: string) => boolean,
): 'encode' | 'decode' | undefined {
  const [path = ''] = url.split('?'); // the Web UI adds ?preserveStorageRefs=true: what is no payload of ours stays as it is
  const [, secret, direction] = /^(?:\/([^/]{1,200}))?\/(encode|decode)$/.exec(path) ?? [];
  const given = secret ?? headers.authorization?.replace(/^Bearer /i, '') ?? '';
  return isToken(given) ? (direction as 'encode' | 'decode' | undefined) : undefined;
}

function allow(origin: string, response: ServerResponse): void {
  response.setHeader('access-control-allow-origin', origin);
  response.setHeader('access-control-allow-methods', 'POST');
  response.setHeader('access-control-allow-headers', 'content-type, x-namespace, authorization');
  response.setHeader('access-control-allow-private-network', 'true'); // a page of a public Web UI asks a local address
  response.setHeader('access-control-max-age', PREFLIGHT_KEPT_S);
  response.setHeader('vary', 'origin');
}

/** @returns undefined when there is more than anybody has to say */
async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function send(response: ServerResponse, { status, content }: Answer): void {
  if (status >= 400) response.setHeader('connection', 'close'); // whatever else is on its way
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(content && JSON.stringify(content));
}
