import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { gzipSync } from 'node:zlib';
import { get } from '../../src/activities/schedule/web/get.js';
import type { Source } from '../../src/domain/schedule/recurring.js';
import { dispatcher, read, signal, textsOf } from './reading.js';
import { startWebServer, type WebServer } from './web-server.js';

const MIB = 1024 * 1024;
let web: WebServer;
beforeAll(async () => {
  web = await startWebServer();
});
afterAll(async () => {
  await web.close();
});

const page = (path: string): Source => ({ kind: 'url', url: `${web.url}${path}` });

describe('a page', () => {
  const article = `<nav>menu</nav><article>${'<p>A long sentence, with commas, as articles have them, about a machine.</p>'.repeat(20)}</article>`;

  it('gives its article, again only when the article changes', async () => {
    web.at('/page', (_, response) =>
      response
        .writeHead(200, { 'content-type': 'text/html' })
        .end(`<html><head><title>T</title></head><body>${article}<script>x()</script></body></html>`),
    );
    const { items, progress } = await read(page('/page'));
    expect(items[0]?.about).toEqual({ title: 'T', url: `${web.url}/page` });
    expect(items[0]?.content).toMatchObject({ text: expect.not.stringMatching(/menu|x\(\)/) });
    expect((await read(page('/page'), progress)).items).toEqual([]);
  });

  it.each([
    ['a notice that says what it is', '<div class="cookie-banner">NOTICE</div><div><p>ARTICLE</p></div>'],
    ['a dialog', '<div role="dialog">NOTICE</div><div><p>ARTICLE</p></div>'],
    [
      'a notice that does not, as the page marks its article',
      '<div class="zz9">NOTICE</div><article><p>ARTICLE</p></article>',
    ],
  ])('gives a short article, and not the longer %s', async (_, body) => {
    const notice =
      '<p>We and our partners store things on your device, with your consent, for many reasons.</p>'.repeat(15);
    const article = 'The kettle is quick, and quieter than the one before it.';
    const html = `<html><body>${body.replace('NOTICE', notice).replace('ARTICLE', article)}</body></html>`;
    web.at('/notice', (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end(html));
    expect(textsOf(await read(page('/notice')))).toEqual([article]);
  });

  it.each([
    '<main><div class="cmp-title"><h1>Recall</h1></div><div class="cmp-text"><p>ARTICLE</p></div><p>Contact</p></main>',
    '<div class="post category-cookies tag-gdpr"><h2>Recall</h2><p>ARTICLE</p></div><div id="sidebar"><p>About me</p></div>',
  ])('takes no article for a notice by what a site is built with, or writes about: %s', async (body) => {
    const article = 'We recall the kettle, as its lid may come off while it is hot. '.repeat(8).trim();
    const html = `<html><body>${body.replace('ARTICLE', article)}</body></html>`;
    web.at('/built', (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end(html));
    expect(textsOf(await read(page('/built')))[0]).toContain(article);
  });

  it('names its encoding in a meta element', async () => {
    const html = '<html><head><meta charset="windows-1251"></head><body><p>Привет</p></body></html>';
    const bytes = Buffer.from(
      Array.from(html, (c) => (c >= 'А' && c <= 'я' ? c.charCodeAt(0) - 0x410 + 0xc0 : c.charCodeAt(0))),
    );
    web.at('/meta', (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end(bytes));
    expect(textsOf(await read(page('/meta')))[0]).toContain('Привет');
  });

  it('that is a picture, or has no text, cannot be read', async () => {
    web.at('/picture', (_, response) => response.writeHead(200, { 'content-type': 'image/png' }).end('png'));
    web.at('/empty', (_, response) =>
      response.writeHead(200, { 'content-type': 'text/html' }).end('<script>x()</script>'),
    );
    await expect(read(page('/picture'))).rejects.toMatchObject({
      kind: 'Unreadable',
      message: expect.stringContaining('image/png'),
    });
    await expect(read(page('/empty'))).rejects.toMatchObject({ kind: 'Unreadable' });
  });

  it('of 200 MB is cut off at the limit, packed or not, and its text says so', async () => {
    let sent = 0;
    web.at('/huge', (_, response) => {
      response.writeHead(200, { 'content-type': 'text/plain' });
      const more = () => {
        for (; sent < 200 * MIB;) {
          sent += MIB;
          if (!response.write('word '.repeat(MIB / 5))) return void response.once('drain', more);
        }
        response.end();
      };
      more();
    });
    const [item] = (await read(page('/huge'))).items;
    expect(item?.content).toMatchObject({ note: expect.stringMatching(/^cut to its first \d+ characters$/) });
    expect(sent).toBeLessThan(20 * MIB);

    web.at('/packed', (_, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(200 * MIB, 'x'))),
    );
    await expect(read({ kind: 'feed', url: `${web.url}/packed` })).rejects.toMatchObject({
      kind: 'TooLarge',
      message: expect.stringContaining('10 MiB'),
    });
  });

  it('that comes too slowly is given up, headers or body', async () => {
    web.at('/silent', () => undefined);
    web.at('/slow', (_, response) => {
      response.writeHead(200);
      const drip = setInterval(() => response.write('.'), 50);
      response.once('close', () => {
        clearInterval(drip);
      });
    });
    for (const path of ['/silent', '/slow']) {
      const got = get({ url: `${web.url}${path}`, headers: {}, maxBytes: MIB, dispatcher, signal, limitMs: 500 });
      await expect(got).rejects.toMatchObject({
        kind: 'Unreachable',
        message: expect.stringContaining('no whole answer in 500 ms'),
      });
    }
  });
});
