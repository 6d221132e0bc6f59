import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { createProvider } from '../../../src/providers/create-provider.js';
import { refusingUrl } from '../../support/fake-providers.js';
import { KEY, outcomeOf, TEXT } from '../vendors.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'own-provider-'));
});
afterAll(() => rm(folder, { recursive: true }));

const common = {
  kind: 'module',
  name: 'mine',
  model: 'my-model-1',
  apiKey: KEY,
  apiKeyEnv: 'MY_KEY',
  maxSummaryWords: 20,
  timeoutMs: 2_000,
} as const;
let count = 0;
/** A provider that this source exports. */
async function from(source: string, changes: object = {}) {
  const module = join(folder, `provider-${(count += 1)}.mjs`);
  await writeFile(module, source);
  return createProvider({ ...common, module, ...changes });
}

describe('the example', () => {
  let server: Server;
  let url: string;
  const seen: { authorization: string | undefined; body: unknown }[] = [];
  let answer: { status: number; headers?: Record<string, string>; body: unknown };
  beforeAll(async () => {
    server = createServer((request, response) => {
      void textOf(request).then((body) => {
        seen.push({ authorization: request.headers.authorization, body: JSON.parse(body) });
        response.writeHead(answer.status, answer.headers).end(JSON.stringify(answer.body));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/summaries`;
  });
  afterAll(() => {
    server.close();
  });
  const example = (options: object = { url }) =>
    createProvider({ ...common, module: resolve('examples/own-provider/my-provider.mjs'), options: { ...options } });

  it('answers over the wire, with its key and the settings of its configuration', async () => {
    answer = { status: 200, body: { summary: 'Splendid  figures.', tokens: [30, 4] } };
    expect(await outcomeOf(example(), 'summarize')).toEqual({
      value: 'Splendid figures.',
      usage: { inputTokens: 30, outputTokens: 4 },
    });
    expect(seen.at(-1)).toEqual({ authorization: `Bearer ${KEY}`, body: { text: TEXT, words: 20 } });
  });

  it('names a rest', async () => {
    answer = { status: 429, headers: { 'retry-after': '7' }, body: {} };
    expect(await outcomeOf(example(), 'summarize')).toMatchObject({ kind: 'RateLimited', retryAfterMs: 7_000 });
  });

  it('leaves to us what it did not think of', async () => {
    answer = { status: 200, body: { summary: 'Splendid.' } };
    expect(await outcomeOf(example(), 'summarize')).toMatchObject({ kind: 'BadOutput', possiblyPaid: true });
  });

  it('has one task', async () => {
    expect(await outcomeOf(example(), 'sentiment')).toMatchObject({
      kind: 'BadRequest',
      message: 'the module has no sentiment',
    });
  });

  it('knows when nothing was sent', async () => {
    const outcome = await outcomeOf(example({ url: await refusingUrl() }), 'summarize');
    expect(outcome).toMatchObject({ kind: 'Unavailable', neverSent: true, possiblyPaid: false });
  });
});

it('may be a class, and keeps what it remembers', async () => {
  const provider = await from(
    `class Mine { #calls = 0; async summarize() { this.#calls += 1; return { value: 'call ' + this.#calls }; } }\nexport default new Mine();`,
  );
  expect([await outcomeOf(provider, 'summarize'), await outcomeOf(provider, 'summarize')]).toEqual([
    { value: 'call 1' },
    { value: 'call 2' },
  ]);
});

it('may be made later, and judge in its own words', async () => {
  const provider = await from(
    `export default async () => ({ sentiment: async () => ({ value: { label: 'meh', score: 0.5 } }) });`,
    { labels: { meh: 'NEUTRAL' } },
  );
  expect(await outcomeOf(provider, 'sentiment')).toEqual({ value: { label: 'NEUTRAL', score: 0.5 } });
});

const summarizes = (body: string) => `export default { async summarize(text, signal) { ${body} } };`;

it.each<[what: string, body: string, expected: object]>([
  [
    'throws an error',
    `throw new Error('no: ' + text + ' ${KEY}');`,
    { kind: 'BadOutput', message: 'the module failed: Error: no: [text] [key]', possiblyPaid: true },
  ],
  ['throws nothing', 'throw undefined;', { kind: 'BadOutput', possiblyPaid: true }],
  ['throws a frozen thing', 'throw Object.freeze({ name: "ProviderError", kind: "Mine" });', { kind: 'BadOutput' }],
  [
    'throws a failure',
    `throw Object.assign(new Error('key ${KEY}'), { name: 'ProviderError', kind: 'Refused', usage: { inputTokens: 9, outputTokens: 1 } });`,
    { kind: 'Refused', message: 'key [key]', usage: { inputTokens: 9, outputTokens: 1 } },
  ],
  [
    'throws a failure with an endless rest',
    `throw Object.assign(new Error('x'), { name: 'ProviderError', kind: 'RateLimited', retryAfterMs: Infinity });`,
    { kind: 'RateLimited', retryAfterMs: undefined },
  ],
  ['answers nothing', '', { kind: 'BadOutput', possiblyPaid: true }],
  ['answers another shape', 'return "text";', { kind: 'BadOutput' }],
  ['answers an empty summary', 'return { value: "  " };', { kind: 'BadOutput' }],
  ['answers a book', 'return { value: "x".repeat(100_000) };', { kind: 'BadOutput' }],
  [
    'never answers, and looks at no signal',
    'return new Promise(() => setInterval(() => {}, 50).unref());',
    { kind: 'Timeout', possiblyPaid: true },
  ],
  ['recurses for ever', 'const f = () => f() + 1; f();', { kind: 'BadOutput' }],
])('that %s is a failure like any other', async (_, body, expected) => {
  expect(await outcomeOf(await from(summarizes(body), { timeoutMs: 300 }), 'summarize')).toMatchObject({
    name: 'ProviderError',
    ...expected,
  });
});

it.each([
  ['exports nothing', 'export const a = 1;'],
  ['exports a text', "export default 'mine';"],
  ['exports a provider of no task', 'export default {};'],
  ['is no JavaScript', 'export default {'],
  ['fails when it is loaded', `throw new Error('no');`],
])('that %s cannot be loaded, and says so', async (_, source) => {
  const outcome = await outcomeOf(await from(source), 'summarize');
  expect(outcome).toMatchObject({
    kind: 'BadRequest',
    neverSent: true,
    message: expect.stringMatching(/^the module cannot be loaded: ./),
  });
});

it('is not asked without its key', async () => {
  const provider = await from(summarizes('return { value: "x" };'), { apiKey: undefined });
  expect(await outcomeOf(provider, 'summarize')).toMatchObject({ kind: 'Auth', message: 'no API key (set MY_KEY)' });
});

it("ends with the signal's reason when the caller aborts", async () => {
  const provider = await from(summarizes('return new Promise(() => setInterval(() => {}, 50).unref());'));
  const controller = new AbortController();
  const reason = new Error('cancelled');
  setTimeout(() => {
    controller.abort(reason);
  }, 50);
  await expect(provider.answer('summarize', TEXT, controller.signal)).rejects.toBe(reason);
});
