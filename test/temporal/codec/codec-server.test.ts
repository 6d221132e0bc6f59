import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { connect } from 'node:net';
import { once } from 'node:events';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import { startCodecServer, type CodecServer } from '../../../src/temporal/codec/codec-server.js';
import { encryptionCodec } from '../../../src/temporal/codec/encryption-codec.js';
import { openShell, type Shell } from '../../support/command-line.js';

const TOKEN = 'a-token-of-this-test';
const UI = 'http://127.0.0.1:8233';
const codec = encryptionCodec([{ id: 'k', secret: Buffer.alloc(32, 1) }], 'accept');
const SENTENCE = 'The zebra signed the lease';

let server: CodecServer;
let shell: Shell | undefined;
beforeAll(async () => {
  server = await startCodecServer({ codec, host: '127.0.0.1', port: 0, token: TOKEN, origins: [UI] });
});
afterAll(() => server.close());
afterEach(() => shell?.close());

const base64 = (bytes: Uint8Array | null | undefined) => Buffer.from(bytes ?? []).toString('base64');
const written = ({ metadata, data }: Payload) => ({
  metadata: Object.fromEntries(Object.entries(metadata ?? {}).map(([name, value]) => [name, base64(value)])),
  data: base64(data),
});
const PLAIN = written(defaultPayloadConverter.toPayload(SENTENCE));

async function ask(path: string, body: unknown, headers: Record<string, string> = {}, method = 'POST') {
  const content = typeof body === 'string' ? body : JSON.stringify(body);
  const url = path.startsWith('/') ? server.url.replace(`/${TOKEN}`, path) : `${server.url}/${path}`;
  const init = method === 'POST' ? { body: content } : {};
  const response = await fetch(url, { method, headers: { 'content-type': 'application/json', ...headers }, ...init });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    json: text === '' ? undefined : (JSON.parse(text) as unknown),
  };
}

describe('the codec server', () => {
  it('encrypts, and decrypts again, as the Web UI asks', async () => {
    const encoded = await ask('encode', { payloads: [PLAIN, PLAIN] });
    expect(encoded.status).toBe(200);
    expect(JSON.stringify(encoded.json)).not.toContain(PLAIN.data);
    const headers = { 'x-namespace': 'default', origin: UI };
    const decoded = await ask('decode?preserveStorageRefs=true', encoded.json, headers);
    expect(decoded.json).toEqual({ payloads: [PLAIN, PLAIN] });
    expect(decoded.headers.get('access-control-allow-origin')).toBe(UI);
    expect(decoded.headers.get('cache-control')).toBe('no-store');
  });

  it('leaves what is not encrypted as it is', async () => {
    expect((await ask('decode', { payloads: [PLAIN] })).json).toEqual({ payloads: [PLAIN] });
    expect((await ask('decode', {})).json).toEqual({ payloads: [] });
  });

  it('takes the token as bearer too, and answers nobody without', async () => {
    const body = { payloads: [PLAIN] };
    expect((await ask('/decode', body, { authorization: `Bearer ${TOKEN}` })).status).toBe(200);
    for (const path of ['/decode', '/another-token/decode', `/${TOKEN}/decrypt`, `/${TOKEN}`, `/${TOKEN}/x/decode`]) {
      expect([path, (await ask(path, body)).status]).toEqual([path, 404]);
    }
    expect((await ask('/decode', body, { authorization: 'Bearer another' })).status).toBe(404);
    expect((await ask('decode', '', {}, 'GET')).status).toBe(405);
  });

  it('lets the pages of its origin ask, and no other', async () => {
    const asks = {
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type,x-namespace',
    };
    const allowed = await ask('decode', '', { origin: UI, ...asks }, 'OPTIONS');
    expect(allowed.status).toBe(204);
    expect(allowed.headers.get('access-control-allow-origin')).toBe(UI);
    expect(allowed.headers.get('access-control-allow-headers')).toContain('content-type, x-namespace');
    const other = { origin: 'http://evil.example' };
    for (const method of ['OPTIONS', 'POST']) {
      const refused = await ask('decode', { payloads: [] }, other, method);
      expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([403, null]);
    }
  });

  it('names the key that it does not have', async () => {
    const [foreign] = await encryptionCodec([{ id: 'elsewhere', secret: Buffer.alloc(32, 2) }], 'accept').encode([
      defaultPayloadConverter.toPayload('x'),
    ]);
    const { status, json } = await ask('decode', { payloads: foreign ? [written(foreign)] : [] });
    expect([status, JSON.stringify(json)]).toEqual([400, expect.stringContaining('elsewhere')]);
  });

  it.each([
    ['no JSON', '{"payloads": ['],
    ['no object', '[]'],
    ['no list', '{"payloads": "x"}'],
    ['no base64', '{"payloads": [{"data": "§"}]}'],
    ['nested far too deep', '['.repeat(100_000)],
  ])('refuses a body that is %s', async (_, body) => {
    expect((await ask('decode', body)).status).toBe(400);
  });

  it('reads no more of a body than anybody has to say', async () => {
    const { hostname, port } = new URL(server.url);
    const socket = connect(Number(port), hostname);
    let answer = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => (answer += chunk));
    socket.on('error', () => undefined);
    socket.write(`POST /${TOKEN}/decode HTTP/1.1\r\nhost: x\r\ncontent-length: 10000000000\r\n\r\n`);
    const chunk = 'x'.repeat(1024 * 1024);
    for (let sent = 0; sent < 64 && !socket.destroyed && answer === ''; sent += 1) {
      await new Promise((resolve) => socket.write(chunk, resolve));
    }
    if (!socket.closed) await once(socket, 'close');
    expect(answer).toContain('413');
  });
});

describe('the command codec-server', () => {
  const config = 'encryption: { keys: [{ id: k, env: CODEC_SERVER_KEY }] }';
  const key = { CODEC_SERVER_KEY: '01'.repeat(32) };

  it('serves until it is told to stop, and tells nobody what it reads', async () => {
    shell = await openShell({ ...key, UNDERSTUDY_CODEC_TOKEN: TOKEN });
    await shell.write('understudy.yaml', config);
    const command = shell.start(['codec-server', '--listen', '127.0.0.1:0', '--origin', UI]);
    await command.says(/^ready: /m);
    const [, url = ''] = /ready: (\S+)/.exec(command.output()) ?? [];
    expect(new URL(url).pathname).toBe(`/${TOKEN}`);
    const [sealed] = await codec.encode([defaultPayloadConverter.toPayload(SENTENCE)]);
    const body = JSON.stringify({ payloads: sealed ? [written(sealed)] : [] });
    const response = await fetch(`${url}/decode`, { method: 'POST', body });
    expect(await response.json()).toEqual({ payloads: [PLAIN] });
    command.signal('SIGTERM');
    const { code, stdout, stderr } = await command.ended;
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toBe(`ready: ${url}\n`);
  });

  it.each([
    ['no encryption', '', {}, 'no encryption'],
    ['no key', config, {}, 'CODEC_SERVER_KEY is not set'],
    ['a token that is easily guessed', config, { ...key, UNDERSTUDY_CODEC_TOKEN: 'secret' }, 'UNDERSTUDY_CODEC_TOKEN'],
  ])('refuses to start with %s', async (_, yaml, env, words) => {
    shell = await openShell(env);
    await shell.write('understudy.yaml', yaml);
    const { code, stdout, stderr } = await shell.understudy(['codec-server']);
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringContaining(words)]);
  });
});
