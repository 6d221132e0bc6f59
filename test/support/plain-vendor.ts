import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

/** A request as any vendor's server sees it. */
export interface VendorCall {
  wire: 'chat' | 'messages';
  model: string;
  /** All that it is told, the text included. */
  told: string;
  body: Record<string, unknown>;
}

/** What it says in its answer's text, or a status in place of an answer. */
export type Says = (call: VendorCall) => string | { status: number; message: string };

export interface PlainVendor {
  /** http://127.0.0.1:PORT; chat completions are below `/v1`, Anthropic's messages too. */
  url: string;
  calls: VendorCall[];
  close(): Promise<void>;
}

const MAX_TOLD_CHARS = 4_000_000;

/** A server of chat completions and of Anthropic's messages that knows nothing of our tasks: it says what it is given to say. */
export async function startPlainVendor(says: Says): Promise<PlainVendor> {
  const calls: VendorCall[] = [];
  const server = createServer((request, response) => {
    void json(request).then((received) => {
      const body = received as Record<string, unknown>;
      const wire = request.url?.endsWith('/messages') ? 'messages' : 'chat';
      const told = JSON.stringify([body.system, body.messages]).slice(0, MAX_TOLD_CHARS);
      const call: VendorCall = { wire, model: String(body.model), told, body };
      calls.push(call);
      const said = says(call);
      const [status, answer] =
        typeof said === 'string' ? [200, answerOf(call, said)] : [said.status, { error: { message: said.message } }];
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function answerOf({ wire, model }: VendorCall, text: string): object {
  const usage = { prompt_tokens: 40, completion_tokens: 10, total_tokens: 50 };
  if (wire === 'chat') {
    const choice = { index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' };
    return { id: 'c', object: 'chat.completion', created: 1_785_000_000, model, choices: [choice], usage };
  }
  const content = [{ type: 'text', text }];
  const head = { id: 'm', type: 'message', role: 'assistant', model, content, stop_sequence: null };
  return { ...head, stop_reason: 'end_turn', usage: { input_tokens: 40, output_tokens: 10 } };
}
