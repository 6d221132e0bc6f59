import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { answerTo, completion, contentFor, message } from './vendor-answer.js';
import type { VendorRequest } from './vendor-request.js';

/**
 * Answers one request, badly.
 * @returns true when the vendor did the work and bills it, whether or not the client can use the answer
 */
export type Fault = (response: ServerResponse, request: VendorRequest) => boolean | Promise<boolean>;

const BILLED = true;
const FREE = false;
const HTML = '<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>';

/** Sends JSON in the vendor's own shape of an error. */
function error(
  status: number,
  message: string,
  code: string | null = null,
  headers: Record<string, string> = {},
): Fault {
  return (response, request) => {
    const said = message.replace('{key}', request.key ?? '').replace('{text}', request.text);
    const detailed = { error: { message: said, type: 'invalid_request_error', param: null, code } };
    const ofMessages = { type: 'error', error: { type: code ?? 'invalid_request_error', message: said } };
    const ofPipeline = { error: said, ...(code && { code }) };
    const bodies = { chat: detailed, messages: ofMessages, pipeline: ofPipeline };
    return send(response, status, bodies[request.wire], headers);
  };
}

function rateLimited(headers: () => Record<string, string>): Fault {
  return (response, request) => error(429, 'Rate limit reached for requests', null, headers())(response, request);
}

/** A 200 with this body in place of the vendor's. */
function body(content: string | object | null, contentType = 'application/json', billed = FREE): Fault {
  return (response) => {
    response.writeHead(200, { 'content-type': contentType });
    response.end(typeof content === 'string' ? content : JSON.stringify(content));
    return billed;
  };
}

/** A 200 in the right shape that says something unusable, one for each wire format. */
function answer(
  chat: (request: VendorRequest) => unknown,
  messages: (request: VendorRequest) => unknown,
  pipeline: (request: VendorRequest) => unknown,
): Fault {
  return (response, request) => {
    send(response, 200, { chat, messages, pipeline }[request.wire](request));
    return BILLED;
  };
}

export function send(response: ServerResponse, status: number, content: unknown, headers: Record<string, string> = {}) {
  const json = JSON.stringify(content);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(json),
    ...headers,
  });
  response.end(json);
  return FREE;
}

async function trickle(response: ServerResponse, json: string): Promise<boolean> {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(json) });
  for (let at = 0; at < json.length && !response.destroyed; at++) {
    response.write(json.charAt(at));
    await sleep(1_000, undefined, { ref: false });
  }
  response.end();
  return BILLED;
}

/** A pipeline has no finish_reason, so there these come as an error inside a 200. */
const insideOk = (message: string) => () => ({ error: message });

const ok: Fault = (response, request) => {
  send(response, 200, answerTo(request));
  return BILLED;
};

export const FAULTS = {
  ok,
  '400': error(400, 'Invalid value for a parameter'),
  '401': error(
    401,
    'Incorrect API key provided: {key}, or sk-ab**********yz. You can find it at example.com',
    'invalid_api_key',
  ),
  '402': error(402, 'Payment required, key {key}'),
  '403': error(403, 'Key {key} has insufficient permissions'),
  '404': error(404, 'The model does not exist', 'model_not_found'),
  '409': error(409, 'Conflict'),
  '413': error(413, 'Payload too large'),
  '422': error(422, 'Cannot process the input: {text} (key {key})'),
  '429': rateLimited(() => ({})),
  '429-retry-after': rateLimited(() => ({ 'retry-after': '3' })),
  '429-retry-after-date': rateLimited(() => ({ 'retry-after': new Date(Date.now() + 5_000).toUTCString() })),
  '429-retry-after-ms': rateLimited(() => ({ 'retry-after-ms': '1500', 'retry-after': '2' })),
  '429-reset': rateLimited(() => ({
    'x-ratelimit-remaining-requests': '0',
    'x-ratelimit-reset-requests': '2s',
    'x-ratelimit-remaining-tokens': '149984',
    'x-ratelimit-reset-tokens': '6m0s',
  })),
  '429-insufficient-quota': error(429, 'You exceeded your current quota', 'insufficient_quota'),
  '500': error(500, 'The server had an error'),
  '502-html': (response) => {
    response.writeHead(502, { 'content-type': 'text/html' }).end(HTML);
    return FREE;
  },
  '503': error(503, 'The server is overloaded'),
  '503-loading': (response, { model }) =>
    send(response, 503, { error: `Model ${model} is currently loading`, estimated_time: 4.5 }),
  reset: (response) => {
    response.socket?.resetAndDestroy();
    return FREE;
  },
  hang: () => FREE,
  'slow-first-byte': async (response, request) => {
    await sleep(300, undefined, { ref: false });
    return ok(response, request);
  },
  'byte-a-second': (response, request) => trickle(response, JSON.stringify(answerTo(request))),
  'half-body': async (response, request) => {
    const json = JSON.stringify(answerTo(request));
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(json) });
    response.write(json.slice(0, json.length / 2));
    await sleep(20);
    response.destroy();
    return BILLED;
  },
  'close-after': (response, request) => {
    const { socket } = response;
    response.once('finish', () => setImmediate(() => socket?.destroy()));
    return ok(response, request);
  },
  'invalid-json': body('{"choices": [{'),
  'wrong-content-type': (response, request) =>
    body(answerTo(request) as object, 'text/plain', BILLED)(response, request),
  'huge-body': body(`{"padding": "${'x'.repeat(8 * 1024 * 1024)}"}`),
  'error-in-ok': body({ error: { message: 'upstream failed', code: 500 } }),
  html: body(HTML, 'text/html'),
  'null-body': body('null'),
  'empty-body': body(''),
  'empty-choices': answer(
    (request) => ({ ...completion(request, ''), choices: [] }),
    (request) => ({ ...message(request, ''), content: null }),
    () => [],
  ),
  'empty-answer': answer(
    (request) => completion(request, ' '),
    (request) => message(request, ' '),
    ({ task }) => (task === 'summarize' ? [{ summary_text: ' ' }] : [[]]),
  ),
  'unknown-label': answer(
    (request) =>
      completion({ ...request, logprobs: false }, request.task === 'summarize' ? '' : '{"label":"MIXED","score":0.9}'),
    (request) => message(request, request.task === 'summarize' ? '' : '{"label":"MIXED","score":0.9}'),
    ({ task }) => (task === 'summarize' ? [{ generated_text: 'x' }] : [[{ label: 'LABEL_7', score: 0.9 }]]),
  ),
  'cut-off': answer(
    (request) => completion(request, contentFor(request).slice(0, 12), 'length'),
    (request) => message(request, contentFor(request).slice(0, 12), 'max_tokens'),
    insideOk('cut off'),
  ),
  'content-filter': answer(
    (request) => completion(request, null, 'content_filter'),
    (request) => message(request, '', 'refusal'),
    insideOk('filtered'),
  ),
  refusal: answer(
    (request) => completion(request, null, 'stop', `I cannot help with: ${request.text}`),
    (request) => message(request, `I cannot help with: ${request.text}`, 'refusal'),
    insideOk('refused'),
  ),
  '400-content-policy': error(400, 'Your request was rejected by our safety system', 'content_policy_violation'),
  'context-too-long': (response, request) =>
    ({
      chat: error(400, "This model's maximum context length is 4096 tokens.", 'context_length_exceeded'),
      messages: error(400, 'prompt is too long: 210042 tokens > 200000 maximum'),
      pipeline: error(400, 'index out of range in self'),
    })[request.wire](response, request),
  redirect: (response) => {
    const { port } = response.socket?.address() as { port: number };
    const location = `http://localhost:${port}/redirected/v1/chat/completions`; // another host than 127.0.0.1
    response.writeHead(307, { location }).end();
    return FREE;
  },
} satisfies Record<string, Fault>;

export type FaultName = keyof typeof FAULTS;

/** One of the table, this very answer, or what the model says. Plain data: it can be sent to `POST /control`. */
export type FaultSpec = FaultName | GivenAnswer | ModelSays;

/** A whole answer on the vendor's wire with this content: text as it is, anything else as JSON. */
export interface ModelSays {
  says: unknown;
}

/** `text` instead of `body`: bytes that are no JSON; `base64` that are no text either. */
export interface GivenAnswer {
  status: number;
  headers?: Record<string, string>;
  body?: unknown;
  text?: string;
  base64?: string;
}

function saying(content: string): Fault {
  return answer(
    (request) => completion(request, content),
    (request) => message(request, content),
    () => [{ generated_text: content }],
  );
}

export function toFault(spec: FaultSpec): Fault {
  if (typeof spec === 'string') return FAULTS[spec];
  if ('says' in spec) return saying(typeof spec.says === 'string' ? spec.says : JSON.stringify(spec.says));
  const { status, headers, body: json = {}, text, base64 } = spec;
  const bytes = base64 === undefined ? text : Buffer.from(base64, 'base64');
  if (bytes === undefined) return (response) => send(response, status, json, headers);
  return (response) => {
    response.writeHead(status, headers).end(bytes);
    return status === 200;
  };
}
