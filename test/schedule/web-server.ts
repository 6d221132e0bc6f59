import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Answer = (request: IncomingMessage, response: ServerResponse) => unknown;

/** A web server with an answer for each path; what was asked is in its log. */
export interface WebServer {
  port: number;
  /** http://127.0.0.1:PORT */
  url: string;
  log: { path: string; headers: IncomingMessage['headers'] }[];
  /** From now on. */
  at(path: string, answer: Answer): unknown;
  close(): Promise<void>;
}

export async function startWebServer(): Promise<WebServer> {
  const answers = new Map<string, Answer>();
  const log: WebServer['log'] = [];
  const server = createServer((request, response) => {
    const { url: path = '', headers } = request;
    log.push({ path, headers });
    const answer = answers.get(path.replace(/\?.*/, ''));
    if (answer) answer(request, response);
    else response.writeHead(404).end();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    log,
    at: (path, answer) => answers.set(path, answer),
    async close() {
      server.closeAllConnections();
      await once(server.close(), 'close');
    },
  };
}

/** RSS with an item for each number, the newest first. */
export function rss(numbers: readonly number[], text = 'It works well and I love it'): string {
  const items = numbers
    .map(
      (n) =>
        `<item><title>Item ${n}</title><guid isPermaLink="false">g${n}</guid><description>${text}, ${n}.</description></item>`,
    )
    .reverse()
    .join('');
  return `<?xml version="1.0"?><rss version="2.0"><channel><title>T</title><link>http://x/</link><description>d</description>${items}</channel></rss>`;
}
