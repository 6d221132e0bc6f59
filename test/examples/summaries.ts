import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

/** The service that `examples/own-provider` speaks to, and Hugging Face beside it. */
export interface Summaries {
  url: string;
  /** How many of the next requests for a summary are answered with 503. */
  fails(times: number): void;
  close(): Promise<void>;
}

export async function startSummaries(): Promise<Summaries> {
  let failing = 0;
  const server = createServer((request, response) => {
    void json(request).then(() => {
      const answer = (status: number, body: unknown) =>
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      if (request.url === '/summaries') {
        if (failing-- > 0) return answer(503, {});
        return answer(200, { summary: 'A kettle came late and dented.', tokens: [12, 7] });
      }
      const isSummary = request.url?.includes('bart') === true;
      return isSummary
        ? answer(200, [{ summary_text: 'The kettle was late, its box dented.' }])
        : answer(200, [[{ label: 'NEGATIVE', score: 0.98 }]]);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    fails: (times) => {
      failing = times;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
