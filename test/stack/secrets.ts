import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import proto from '@temporalio/proto';
import type { FakeProviders } from '../support/fake-providers.js';

/** What must be found nowhere but where it belongs, in a round with encryption. */
export const SECRETS = {
  sentence: 'the zebra signed the lease',
  title: 'An otter keeps the ledger',
  error: 'the badger is out of ink',
};

const FEED_TEXT = `The annual report says that ${SECRETS.sentence}. It was a good year.`;
const { History } = proto.temporal.api.history.v1;

/** One entry with the title, over real HTTP. */
export async function serveFeed(): Promise<{ url: string; close(): Promise<unknown> }> {
  const item = `<item><guid>otter</guid><title>${SECRETS.title}</title><description>${FEED_TEXT}</description></item>`;
  const feed = `<rss version="2.0"><channel><title>News</title>${item}</channel></rss>`;
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'application/rss+xml' });
    response.end(feed);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/feed.xml`, close: () => once(server.close(), 'close') };
}

/** Runs that hold all three: an entry of a feed, and a run whose first provider fails with the words. */
export async function writeSecrets(client: Client, fake: FakeProviders, feedUrl: string): Promise<void> {
  fake.script('openai', [{ status: 400, body: { error: { message: SECRETS.error } } }], 'summarize');
  const answer: unknown = await client.workflow.execute('analyze', {
    taskQueue: 'understudy',
    workflowId: 'stack-failover',
    args: [{ text: `A stranger says that ${SECRETS.sentence}.` }],
  });
  assert.ok(JSON.stringify(answer).includes(SECRETS.error), JSON.stringify(answer));
  await client.workflow.execute('recurring', {
    taskQueue: 'understudy',
    workflowId: 'stack-feed',
    args: [{ schedule: 'stack', source: { kind: 'feed', url: feedUrl }, sink: { kind: 'file', path: 'feed.jsonl' } }],
  });
}

/** @returns where secrets stand readable: in the database, in a history as the server hands it out, in a log */
export async function readableIn(client: Client, dump: string, logs: Record<string, string>): Promise<string[]> {
  const places: [string, string][] = [['the database', dump], ...Object.entries(logs)];
  for await (const { workflowId, runId } of client.workflow.list()) {
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    places.push([`the history of ${workflowId}`, Buffer.from(History.encode(history).finish()).toString('latin1')]);
  }
  return places.flatMap(([place, content]) =>
    Object.entries(SECRETS)
      .filter(([, words]) => isIn(content, words))
      .map(([name]) => `the ${name} in ${place}`),
  );
}

/** All logs of this folder, by name. */
export function logsIn(folder: string): Record<string, string> {
  const files = readdirSync(folder).filter((file) => file.endsWith('.log'));
  return Object.fromEntries(files.map((file) => [file, readFileSync(join(folder, file), 'utf8')]));
}

/** As it is, as hexadecimal digits, as PostgreSQL writes bytes, or in base64, at any of its three offsets. */
function isIn(content: string, words: string): boolean {
  const bytes = Buffer.from(words);
  const inBase64 = [0, 1, 2].map((offset) => {
    const digits = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
    return digits.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6));
  });
  return [words, bytes.toString('hex'), ...inBase64].some((form) => content.includes(form));
}
