import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { connectClient, connectLimitMs, connectWorker, type Target } from '../../src/temporal/connection.js';
import { hostAndPort } from '../../src/temporal/reach.js';
import { SetupError } from '../../src/temporal/setup-error.js';
import { refusingUrl } from '../support/fake-providers.js';
import { temporalAddress } from '../support/namespace.js';
import { startSelfSignedServer } from '../support/self-signed-server.js';

/** 3 s are promised on a machine that does nothing else. */
const LIMIT_MS = 6_000;
/** What a person is never to read. */
const LIBRARY_WORDS = /\b(grpc-js|ServiceError|TransportError|tonic|hyper|E[A-Z]{4,}|at .*:\d+:\d+)\b|Error:/;

const servers: { close(): unknown }[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function listening(server: Server): Promise<string> {
  servers.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const silent = () => listening(createServer((socket) => socket.unref().on('error', () => undefined)));
const web = () => listening(createHttpServer((_, response) => response.end('<html>')));
const hangsUp = () => listening(createServer((socket) => socket.destroy()));

const CASES: [string, () => Promise<string>, Partial<Target['options']>, RegExp][] = [
  [
    'an address that is none',
    () => Promise.resolve('not an address'),
    {},
    /: address: "not an address" is not HOST:PORT/,
  ],
  ['a host that does not exist', () => Promise.resolve('nowhere.invalid:7233'), {}, /at nowhere\.invalid:7233: name: /],
  ['a port that refuses', async () => new URL(await refusingUrl()).host, {}, /: TCP: nobody listens there/],
  ['a port that says nothing', silent, {}, /: gRPC: .*does not answer like a Temporal server, or wants TLS/],
  ['a web server', web, {}, /: gRPC: .*does not answer like a Temporal server/],
  ['a port that hangs up', hangsUp, {}, /: gRPC: /],
  ['a port without TLS', web, { tls: true }, /: TLS: the other side speaks no TLS/],
  [
    'a certificate that nobody vouches for',
    async () => selfSigned(),
    { tls: true },
    /: TLS: its certificate is signed by itself/,
  ],
];

async function selfSigned(): Promise<string> {
  const server = await startSelfSignedServer();
  servers.push(server);
  return new URL(server.url).host;
}

describe.each([
  ['client', connectClient],
  ['worker', connectWorker],
])('the connection of a %s', (_, connect) => {
  it.each(CASES)('says where it failed, in time: %s', async (_name, server, options, words) => {
    const address = await server();
    const startedAtMs = performance.now();
    const refusal = connect({ address, namespace: 'default', options });
    await expect(refusal).rejects.toThrow(SetupError);
    await expect(refusal).rejects.toThrow(words);
    await expect(refusal).rejects.not.toThrow(LIBRARY_WORDS);
    expect(performance.now() - startedAtMs).toBeLessThan(LIMIT_MS);
  });

  it('names the namespace that is not there, and how to make it', async () => {
    const target = { address: temporalAddress, namespace: 'nowhere', options: {} };
    await expect(connect(target)).rejects.toThrow(
      /: namespace: there is no nowhere; create it with: npx understudy setup/,
    );
  });
});

it('counts the start of the process in, and leaves a server that is far away the time that it needs', () => {
  expect([0, 500, 1_500, 600_000].map(connectLimitMs)).toEqual([2_700, 2_200, 1_800, 1_800]);
});

it('takes names and addresses of both families apart from their port', () => {
  expect(hostAndPort('temporal.example:7233')).toEqual({ host: 'temporal.example', port: 7233 });
  expect(hostAndPort('[::1]:7233')).toEqual({ host: '::1', port: 7233 });
  for (const bad of ['', 'host', 'host:', ':7233', 'host:0', 'host:70000', 'http://host:7233', '::1:7233']) {
    expect(() => hostAndPort(bad)).toThrow('is not HOST:PORT');
  }
});
