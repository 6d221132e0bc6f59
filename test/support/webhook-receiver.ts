import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** One POST that arrived. */
interface Received {
  headers: IncomingHttpHeaders;
  body: string;
  status: number;
}

/** A webhook on a real socket. */
export interface WebhookReceiver {
  url: string;
  received: Received[];
  /** What is answered to the next requests, one each; 200 after that. */
  script: number[];
  close(): Promise<void>;
}

export async function startWebhookReceiver(): Promise<WebhookReceiver> {
  const received: Received[] = [];
  const script: number[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const status = script.shift() ?? 200;
      received.push({ headers: request.headers, body, status });
      response.writeHead(status).end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    script,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
