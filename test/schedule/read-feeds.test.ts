import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import type { Source } from '../../src/domain/schedule/recurring.js';
import { NO_PROGRESS, read, textsOf, type Progress } from './reading.js';
import { rss, startWebServer, type WebServer } from './web-server.js';

const MIB = 1024 * 1024;
let web: WebServer;
beforeAll(async () => {
  web = await startWebServer();
});
afterAll(async () => {
  await web.close();
});

const feed = (path: string): Source => ({ kind: 'feed', url: `${web.url}${path}` });

describe('a feed', () => {
  it('gives its new entries, the oldest first, and none of them twice', async () => {
    web.at('/feed', (_, response) => response.end(rss([1, 2])));
    const first = await read(feed('/feed'));
    expect(first.items.map(({ about }) => about.title)).toEqual(['Item 1', 'Item 2']);
    expect(textsOf(first)[0]).toBe('Item 1\n\nIt works well and I love it, 1.');
    web.at('/feed', (_, response) => response.end(rss([2, 3])));
    const second = await read(feed('/feed'), first.progress);
    expect(second.items.map(({ about }) => about.title)).toEqual(['Item 3']);
    expect(await read(feed('/feed'), second.progress)).toMatchObject({ items: [], asked: 0 });
    web.at('/feed', (_, response) => response.end(`${rss([2, 3])}<!-- built later -->`));
    expect(await read(feed('/feed'), second.progress)).toMatchObject({ items: [], asked: 0 });
    web.at('/feed', (_, response) => response.end(rss([3])));
    expect(await read(feed('/feed'), second.progress)).toMatchObject({ items: [], asked: 1 });
  });

  it('takes no more than it may, and asks without conditions while something is left', async () => {
    web.at('/many', (_, response) => response.setHeader('etag', '"many"').end(rss([1, 2, 3, 4, 5])));
    const first = await read(feed('/many'), undefined, { limit: 3 });
    expect([first.items.length, first.left, first.known.etag]).toEqual([3, 2, undefined]);
    const second = await read(feed('/many'), first.progress);
    expect([second.items.length, second.left, second.known.etag]).toEqual([2, 0, '"many"']);
  });

  it('gives those first that were not tried in vain before, and all of them in its own order', async () => {
    web.at('/tried', (_, response) => response.end(rss([1, 2, 3, 4])));
    const { items } = await read(feed('/tried'));
    const putOffKeys = items.slice(0, 2).map(({ key }) => key);
    const before = { ...NO_PROGRESS, known: { putOffKeys } };
    const titlesOf = (reading: Awaited<ReturnType<typeof read>>) => reading.items.map(({ about }) => about.title);
    expect(titlesOf(await read(feed('/tried'), before, { limit: 3 }))).toEqual(['Item 1', 'Item 3', 'Item 4']);
    expect(titlesOf(await read(feed('/tried'), before))).toEqual(['Item 1', 'Item 2', 'Item 3', 'Item 4']);
  });

  it('asks with ETag and Last-Modified, and is content with a 304', async () => {
    const changed = 'Mon, 01 Jan 2024 00:00:00 GMT';
    web.at('/cached', ({ headers }, response) => {
      if (headers['if-none-match'] === '"v1"' && headers['if-modified-since'] === changed)
        response.writeHead(304).end();
      else response.writeHead(200, { etag: '"v1"', 'last-modified': changed }).end(rss([1]));
    });
    const { progress } = await read(feed('/cached'));
    expect(await read(feed('/cached'), progress)).toMatchObject({ items: [], left: 0, progress, asked: 0 });
  });

  it('is asked without the conditions of another, which was read before', async () => {
    web.at('/old', (_, response) => response.writeHead(200, { 'last-modified': 'today', etag: '"x"' }).end(rss([1])));
    const { progress } = await read(feed('/old'));
    web.at('/new', ({ headers }, response) => {
      if ('if-none-match' in headers || 'if-modified-since' in headers) response.writeHead(304).end();
      else response.end(rss([2]));
    });
    expect(textsOf(await read(feed('/new'), progress))).toHaveLength(1);
  });

  it('that takes a password gives its entries addresses without it', async () => {
    web.at('/private', ({ headers }, response) => {
      if (headers.authorization === `Basic ${Buffer.from('me:secret').toString('base64')}`) response.end(rss([1]));
      else response.writeHead(401).end();
    });
    const url = `${web.url}/private`.replace('://', '://me:secret@');
    const { items } = await read({ kind: 'feed', url });
    expect(items).toHaveLength(1);
    expect(JSON.stringify(items)).not.toContain('secret');
  });

  it.each<[string, string, Record<string, string>, Uint8Array]>([
    ['gzip', 'Größe', { 'content-encoding': 'gzip' }, gzipSync(rss([1], 'Größe'))],
    ['deflate', 'Größe', { 'content-encoding': 'deflate' }, deflateSync(rss([1], 'Größe'))],
    ['br', 'Größe', { 'content-encoding': 'br' }, brotliCompressSync(rss([1], 'Größe'))],
    [
      'a charset in the header',
      'Größe',
      { 'content-type': 'text/xml; charset=iso-8859-1' },
      Buffer.from(rss([1], 'Größe'), 'latin1'),
    ],
    [
      'an encoding in the XML declaration',
      'Größe',
      {},
      Buffer.from(rss([1], 'Größe').replace('?>', ' encoding="ISO-8859-1"?>'), 'latin1'),
    ],
    ['UTF-16 with a byte order mark', 'Größe', {}, Buffer.from(`\ufeff${rss([1], 'Größe')}`, 'utf16le')],
    [
      'a charset that nobody knows',
      'Größe',
      { 'content-type': 'text/xml; charset=klingon' },
      Buffer.from(rss([1], 'Größe')),
    ],
  ])('is read in %s', async (_, text, headers, body) => {
    web.at('/encoded', (_, response) => response.writeHead(200, headers).end(body));
    expect(textsOf(await read(feed('/encoded')))[0]).toContain(text);
  });

  it.each([
    [
      'Atom',
      '<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title><id>u</id><updated>2024-01-01T00:00:00Z</updated><entry><id>e1</id><title type="html">A &lt;b&gt;</title><link href="/e1"/><updated>2024-01-01T00:00:00Z</updated><content type="html">&lt;p&gt;one&lt;/p&gt;&lt;p&gt;two&lt;/p&gt;</content></entry></feed>',
    ],
    [
      'JSON Feed',
      JSON.stringify({
        version: 'https://jsonfeed.org/version/1.1',
        title: 't',
        items: [
          {
            id: 'e1',
            url: '/e1',
            title: 'A',
            date_published: '2024-01-01T00:00:00Z',
            content_html: '<p>one</p><p>two</p>',
          },
        ],
      }),
    ],
    [
      'RDF',
      '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"><channel rdf:about="http://x"><title>t</title><link>l</link><description>d</description></channel><item rdf:about="e1"><title>A</title><link>/e1</link><description>&lt;p&gt;one&lt;/p&gt;&lt;p&gt;two&lt;/p&gt;</description></item></rdf:RDF>',
    ],
  ])('may be %s', async (_, document) => {
    web.at('/other', (_, response) => response.end(document));
    const [item] = (await read(feed('/other'))).items;
    expect(item?.about).toMatchObject({ title: 'A', url: `${web.url}/e1` });
    expect(item?.content).toMatchObject({ text: expect.stringMatching(/^A\n\none\n+two$/) });
  });

  const channel = (items: string, more = '') =>
    `<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/" ${more}><channel><title>t</title><link>http://site.example/news</link><description>d</description>${items}</channel></rss>`;
  const atom = (entries: string, more = '') =>
    `<feed xmlns="http://www.w3.org/2005/Atom" ${more}><title>t</title><id>u</id><updated>2024-01-01T00:00:00Z</updated>${entries}</feed>`;
  const serve = (path: string, document: string | Uint8Array, headers: Record<string, string> = {}) =>
    web.at(path, (_, response) => response.writeHead(200, headers).end(document));
  const items = async (document: string, progress?: Progress) => {
    serve('/field', document);
    return read(feed('/field'), progress);
  };

  it.each([
    ['a guid', (n: number) => `<item><title>T${n}</title><guid>N/A</guid></item>`],
    ['a longer guid', (n: number) => `<item><title>T${n}</title><guid>https://x.example/2024/all</guid></item>`],
    ['a link', (n: number) => `<item><title>T${n}</title><link>http://x.example/all?2</link></item>`],
    ['the link of the site', (n: number) => `<item><title>T${n}</title><link>http://site.example/news</link></item>`],
  ])('whose entries share %s gives each of them once, also when it grows and shrinks', async (_, item) => {
    const got: unknown[] = [];
    let progress = NO_PROGRESS;
    for (const numbers of [[1], [1, 2, 3], [3, 4], [4], [5, 4, 1]]) {
      const reading = await items(channel(numbers.map(item).join('')), progress);
      got.push(...reading.items.map(({ about }) => about.title));
      ({ progress } = reading);
    }
    expect(got.sort()).toEqual(['T1', 'T2', 'T3', 'T4', 'T5']);
  });

  it.each<[string, string, string]>([
    [
      'Atom says is plain',
      atom(
        '<entry><id>tag:1</id><title type="text">The &lt;script&gt; element is back</title><updated>2024-01-01T00:00:00Z</updated></entry>',
      ),
      'The <script> element is back',
    ],
    [
      'Atom says is HTML',
      atom(
        '<entry><id>tag:1</id><title type="html">Fish &amp;amp; &lt;b&gt;chips&lt;/b&gt;</title><updated>2024-01-01T00:00:00Z</updated></entry>',
      ),
      'Fish & chips',
    ],
    ['RSS leaves open', channel('<item><title>Why &lt;script&gt; must go</title></item>'), 'Why <script> must go'],
    [
      'RSS formats',
      channel('<item><title>A &lt;em&gt;fine&lt;/em&gt; day &amp;amp; night</title></item>'),
      'A fine day & night',
    ],
    ['holds what moves a cursor', channel('<item><title>a\u009b31m \u202eb</title></item>'), 'a\ufffd31m b'],
  ])('whose title %s is told as it is meant', async (_, document, title) => {
    expect((await items(document)).items[0]?.about.title).toBe(title);
  });

  it('of 3 MB in a title gives an item whose title fits', async () => {
    const [item] = (await items(channel(`<item><title>${'long '.repeat(600_000)}</title><guid>post-1</guid></item>`)))
      .items;
    expect(item?.about.title?.length).toBeLessThanOrEqual(300);
    expect(Buffer.byteLength(JSON.stringify(item))).toBeLessThan(1_100_000);
  });

  it('with xml:base has links that lead there, and none that leads away from the web', async () => {
    const entry = (link: string) =>
      `<entry xml:base="sub/"><id>tag:1</id><title>T</title><link href="${link}"/><updated>2024-01-01T00:00:00Z</updated></entry>`;
    const urlOf = async (link: string) =>
      (await items(atom(entry(link), 'xml:base="https://base.example/a/"'))).items[0]?.about.url;
    expect(await urlOf('b')).toBe('https://base.example/a/sub/b');
    expect(await urlOf('javascript:alert(1)')).toBeUndefined();
  });

  it('does not tell the token of its address in the addresses of its entries', async () => {
    serve(
      '/token',
      channel(
        '<item><title>T</title><link></link><guid>post-1</guid></item><item><title>U</title><link>#u</link></item>',
      ),
    );
    const reading = await read(feed('/token?key=s3cret'));
    expect(reading.items).toHaveLength(2);
    expect(JSON.stringify(reading.items)).not.toContain('s3cret');
  });

  it('may have its text in media:description', async () => {
    const item =
      '<item><title>T</title><guid>post-1</guid><media:group><media:description>A film about kettles.</media:description></media:group></item>';
    expect(textsOf(await items(channel(item)))).toEqual(['T\n\nA film about kettles.']);
  });

  it('in UTF-8 is read as that, whatever its header and its declaration say', async () => {
    const document = Buffer.from(
      `<?xml version="1.0" encoding="ISO-8859-1"?>${channel('<item><title>Größe</title></item>')}`,
    );
    serve('/utf8', document, { 'content-type': 'text/xml; charset=windows-1252' });
    expect((await read(feed('/utf8'))).items[0]?.about.title).toBe('Größe');
  });

  it('is told who asks, and why it may have blocked us is said', async () => {
    web.at('/blocked', ({ headers }, response) => {
      if (headers['user-agent'] === 'tester/1') response.writeHead(403).end();
      else response.end(rss([1]));
    });
    await expect(read(feed('/blocked'))).rejects.toMatchObject({
      kind: 'Denied',
      message: expect.stringMatching(/403: blocked.*network\.userAgent/),
    });
  });

  it('is told what its credentials are, by a variable that the configuration gives to its host', async () => {
    web.at('/login', ({ headers }, response) => {
      if (headers.authorization === `Basic ${Buffer.from('me:secret').toString('base64')}`) response.end(rss([1]));
      else response.writeHead(401).end();
    });
    const source = (authEnv: string): Source => ({ kind: 'feed', url: `${web.url}/login`, authEnv });
    expect((await read(source('FEED_LOGIN'))).items).toHaveLength(1);
    await expect(read(source('OPENAI_API_KEY'))).rejects.toMatchObject({
      kind: 'NotAllowed',
      message: expect.stringContaining('network.sourceAuth: { OPENAI_API_KEY:'),
    });
  });

  it('of entities within entities does no harm', async () => {
    const bomb = Array.from({ length: 9 }, (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`).join('');
    const document = rss([1], '&l9;').replace('?>', `?><!DOCTYPE x [<!ENTITY l0 "lol">${bomb}]>`);
    web.at('/bomb', (_, response) => response.end(document));
    expect(JSON.stringify(textsOf(await read(feed('/bomb')))).length).toBeLessThan(1_000);
  });

  it('that keeps its parser busy for minutes is given up, while this process goes on', async () => {
    web.at('/busy', (_, response) =>
      response.end(`<!--</rss>--><rss version="2.0"><channel><title>${'<'.repeat(MIB)}`),
    );
    let beats = 0;
    const pulse = setInterval(() => (beats += 1), 100);
    await expect(read(feed('/busy'))).rejects.toMatchObject({
      kind: 'Unreadable',
      message: expect.stringContaining('ms to parse'),
    });
    clearInterval(pulse);
    expect(beats).toBeGreaterThan(50);
  });

  it.each([
    ['is a web page', 'Unreadable', () => web.at('/bad', (_, r) => r.end('<html><body>no</body></html>'))],
    ['is cut off in the middle', 'Unreadable', () => web.at('/bad', (_, r) => r.end(rss([1, 2]).slice(0, 300)))],
    [
      'is cut off between two elements',
      'Unreadable',
      () => web.at('/bad', (_, r) => r.end(rss([1, 2]).replace(/<\/guid>[^]*/, '</guid>'))),
    ],
    [
      'is cut off before its items',
      'Unreadable',
      () => web.at('/bad', (_, r) => r.end(rss([1, 2]).replace(/<item>[^]*/, ''))),
    ],
    ['is gone', 'Gone', () => web.at('/bad', (_, r) => r.writeHead(410).end())],
    ['wants a password', 'Denied', () => web.at('/bad', (_, r) => r.writeHead(401).end())],
    ['has trouble', 'Unreachable', () => web.at('/bad', (_, r) => r.writeHead(503, { 'retry-after': '7' }).end())],
    [
      'breaks off',
      'Unreachable',
      () => web.at('/bad', (_, r) => r.writeHead(200, { 'content-length': '999' }).write('<rss', () => r.destroy())),
    ],
    [
      'says gzip and is not',
      'Unreachable',
      () => web.at('/bad', (_, r) => r.writeHead(200, { 'content-encoding': 'gzip' }).end('no')),
    ],
  ] as const)('that %s fails as %s', async (_, kind, arrange) => {
    arrange();
    await expect(read(feed('/bad'))).rejects.toMatchObject({
      kind,
      message: expect.stringContaining(`${web.url}/bad`),
    });
  });
});
