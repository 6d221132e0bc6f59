import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { LookupFunction } from 'node:net';
import { get } from '../../src/activities/schedule/web/get.js';
import { guardedAgent, isPublic } from '../../src/activities/schedule/web/guarded-agent.js';
import { startWebServer, type WebServer } from './web-server.js';

let web: WebServer;
beforeAll(async () => {
  web = await startWebServer();
  web.at('/', (_, response) => response.end('secret'));
});
afterAll(() => web.close());

const ask = (url: string, allowHosts: string[], lookup?: LookupFunction) =>
  get({
    url,
    headers: {},
    maxBytes: 1_000,
    dispatcher: guardedAgent(allowHosts, lookup),
    signal: new AbortController().signal,
  });

describe('addresses', () => {
  it.each([
    '10.1.2.3',
    '172.16.0.1',
    '192.168.1.1',
    '127.0.0.1',
    '127.8.8.8',
    '0.0.0.0',
    '169.254.169.254',
    '100.64.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '192.0.2.1',
    '198.18.0.1',
    '::1',
    '::',
    'fe80::1',
    'fc00::1',
    'fd12:3456::1',
    'ff02::1',
    '::ffff:10.0.0.1',
    '::ffff:7f00:1',
    '64:ff9b::a00:1',
    '2002:7f00:1::',
    '2001:db8::1',
    '168.63.129.16',
    '::ffff:168.63.129.16',
    '100.100.100.200',
    'fd00:ec2::254',
    '5f00::1',
    '4000::1',
    '3fff::1',
    '2001:0:7f00:1::',
    '64:ff9b:1::1',
    '100::1',
    'not an address',
  ])('%s is not public', (address) => {
    expect(isPublic(address)).toBe(false);
  });

  it.each(['1.1.1.1', '93.184.216.34', '2606:4700:4700::1111', '::ffff:1.1.1.1'])('%s is public', (address) => {
    expect(isPublic(address)).toBe(true);
  });

  it.each(['127.0.0.1', 'localhost', '[::1]', '[::ffff:127.0.0.1]', '2130706433', '0x7f.1', '127.1'])(
    'refuses http://%s before anything is sent',
    async (host) => {
      const before = web.log.length;
      await expect(ask(`http://${host}:${web.port}/`, [])).rejects.toMatchObject({
        kind: 'NotAllowed',
        message: expect.stringContaining('not a public address'),
      });
      expect(web.log).toHaveLength(before);
    },
  );

  it('allows a host that the configuration names', async () => {
    const got = await ask(`http://localhost:${web.port}/`, ['LOCALHOST']);
    expect(Buffer.from(got?.body ?? []).toString()).toBe('secret');
  });

  it('allows a port of a host, and no other', async () => {
    expect(await ask(`http://127.0.0.1:${web.port}/`, [`127.0.0.1:${web.port}`])).toBeDefined();
    await expect(ask(`http://127.0.0.1:${web.port}/`, ['127.0.0.1:1'])).rejects.toMatchObject({ kind: 'NotAllowed' });
    await expect(ask('http://[::1]:8099/', ['[::1]:8098', '::1:8099'])).rejects.toMatchObject({ kind: 'NotAllowed' });
    await expect(ask('http://[::1]:8099/', ['[::1]:8099'])).rejects.toMatchObject({ kind: 'Unreachable' });
  });

  it('resolves a name once for each connection, and refuses it when any of its addresses is private', async () => {
    let asked = 0;
    const mixed: LookupFunction = (_, { all }, callback) => {
      asked += 1;
      const found = [
        { address: '1.1.1.1', family: 4 },
        { address: '127.0.0.1', family: 4 },
      ];
      if (all) callback(null, found);
      else callback(null, '127.0.0.1', 4);
    };
    await expect(ask(`http://news.example:${web.port}/`, [], mixed)).rejects.toMatchObject({ kind: 'NotAllowed' });
    expect(asked).toBe(1);
  });

  it('does not follow a redirect to a private address, nor away from HTTP', async () => {
    web.at('/to-private', (_, response) =>
      response.writeHead(302, { location: `http://127.0.0.1:${web.port}/` }).end(),
    );
    web.at('/to-file', (_, response) => response.writeHead(302, { location: 'file:///etc/passwd' }).end());
    await expect(ask(`http://localhost:${web.port}/to-private`, ['localhost'])).rejects.toMatchObject({
      kind: 'NotAllowed',
      message: expect.stringContaining('127.0.0.1 is not a public address'),
    });
    await expect(ask(`http://localhost:${web.port}/to-file`, ['localhost'])).rejects.toMatchObject({
      kind: 'NotAllowed',
    });
  });

  it('ends a redirect loop', async () => {
    web.at('/loop', (_, response) => response.writeHead(302, { location: '/loop' }).end());
    await expect(ask(`http://localhost:${web.port}/loop`, ['localhost'])).rejects.toMatchObject({
      kind: 'Unreadable',
      message: expect.stringContaining('redirects in a loop'),
    });
    expect(web.log.filter(({ path }) => path === '/loop').length).toBeLessThan(25);
  });

  it('sends a password of the address, and not on to another host, and never tells it', async () => {
    web.at('/private', (_, response) =>
      response.writeHead(302, { location: `http://127.0.0.1:${web.port}/gone` }).end(),
    );
    const url = `http://me:pa%20ss@localhost:${web.port}/private?token=abc`;
    const failure = ask(url, ['localhost', '127.0.0.1']);
    await expect(failure).rejects.toMatchObject({
      kind: 'Gone',
      message: `http://localhost:${web.port}/private?… answers 404`,
    });
    const sent = web.log.slice(-2).map(({ headers }) => headers.authorization);
    expect(sent).toEqual([`Basic ${Buffer.from('me:pa ss').toString('base64')}`, undefined]);
  });
});
