import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as textOf } from 'node:stream/consumers';
import { z } from 'zod';
import { PROBE_TEXT } from '../../domain/outage/outage.js';

type VendorName = 'openai' | 'huggingface';

/** How a vendor fails, as its HTTP status. */
type Fault = 500 | 503;

/** A call that arrived at a vendor: the truth about what was asked, and what would stand on its bill. */
export interface Call {
  vendor: VendorName;
  task: 'summarize' | 'sentiment';
  text: string;
  /** Whether it was answered; what was not answered is not paid. */
  answered: boolean;
  /** Asked by an outage and not by a run. */
  probe: boolean;
}

/** What the vendors know about a text. */
export interface Known {
  text: string;
  summary: string;
  label: 'POSITIVE' | 'NEGATIVE';
}

export interface FakeVendors {
  /** `http://127.0.0.1:PORT` */
  url: string;
  calls: readonly Call[];
  /** @param fault undefined: it answers again */
  breaks(vendor: VendorName, fault: Fault | undefined): void;
  /** It answers one more question, and then fails. */
  breaksAfterNext(vendor: VendorName, fault: Fault): void;
  close: () => Promise<void>;
}

const MAX_BODY_CHARS = 1_000_000;
const FAULT_WORDS: Record<Fault, string> = { 500: 'The server had an error', 503: 'The server is overloaded' };
const chat = z.object({
  model: z.string(),
  messages: z.array(z.object({ role: z.string(), content: z.string() })),
  response_format: z.unknown().optional(),
});
const pipeline = z.object({ inputs: z.string() });

/** Two vendors on this machine that speak as OpenAI and Hugging Face do, know a few texts, and fail when they are told to. */
export async function startFakeVendors(known: readonly Known[]): Promise<FakeVendors> {
  const calls: Call[] = [];
  const faults = new Map<VendorName, Fault>();
  const soon = new Map<VendorName, Fault>();

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const received = await textOf(request);
    const asked = received.length > MAX_BODY_CHARS ? undefined : askedIn(request.url ?? '', received);
    if (asked === undefined) {
      send(response, 404, { error: 'Not Found' });
      return;
    }
    const { vendor, task, text } = asked;
    const fault = faults.get(vendor);
    calls.push({ vendor, task, text, answered: fault === undefined, probe: text === PROBE_TEXT });
    if (fault !== undefined) {
      send(response, fault, errorOf(vendor, FAULT_WORDS[fault]));
      return;
    }
    const next = soon.get(vendor);
    if (next !== undefined && text !== PROBE_TEXT) {
      faults.set(vendor, next);
      soon.delete(vendor);
    }
    const found = known.find((each) => each.text === text || each.summary === text);
    send(response, 200, answerOf(asked, found));
  }

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    breaks(vendor, fault) {
      soon.delete(vendor);
      if (fault === undefined) faults.delete(vendor);
      else faults.set(vendor, fault);
    },
    breaksAfterNext(vendor, fault) {
      soon.set(vendor, fault);
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

type Asked = Pick<Call, 'vendor' | 'task' | 'text'> & { model: string };

/** @returns undefined for what neither vendor understands */
function askedIn(url: string, body: string): Asked | undefined {
  const json: unknown = JSON.parse(body);
  if (url === '/openai/v1/chat/completions') {
    const { model, messages, response_format: format } = chat.parse(json);
    const text = messages.find(({ role }) => role === 'user')?.content ?? '';
    return { vendor: 'openai', model, text, task: format === undefined ? 'summarize' : 'sentiment' };
  }
  const [, model] = /^\/huggingface\/hf-inference\/models\/(.+)$/.exec(url) ?? [];
  if (model === undefined) return undefined;
  const task = model.includes('judge') ? 'sentiment' : 'summarize';
  return { vendor: 'huggingface', model, text: pipeline.parse(json).inputs, task };
}

const CERTAINTY = 0.98;

function answerOf({ vendor, task, text, model }: Asked, found: Known | undefined): unknown {
  const summary = found?.summary ?? text;
  const label = found?.label ?? 'POSITIVE';
  if (vendor === 'huggingface')
    return task === 'summarize' ? [{ summary_text: summary }] : [[{ label, score: CERTAINTY }]];
  const content = task === 'summarize' ? summary : JSON.stringify({ label, score: CERTAINTY });
  return {
    id: 'chatcmpl-fake',
    object: 'chat.completion',
    created: 0,
    model,
    choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 60 + Math.ceil(text.length / 4), completion_tokens: Math.ceil(content.length / 4) },
  };
}

function errorOf(vendor: VendorName, message: string): unknown {
  return vendor === 'openai' ? { error: { message, type: 'server_error' } } : { error: message };
}

function send(response: ServerResponse, status: number, content: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(content));
}
