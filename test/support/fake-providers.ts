import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Task } from '../../src/domain/task.js';
import { FaultPlan, type Command } from './fault-plan.js';
import { send, toFault, type FaultSpec } from './faults.js';
import { hashOf, vendorRequestIn, type VendorRequest } from './vendor-request.js';

/** One request that arrived: the truth about what was called and paid. */
export interface LoggedRequest {
  name: string;
  task: Task;
  model: string;
  atMs: number;
  /** When the answer was sent, or the connection ended. */
  endedAtMs?: number;
  fault: FaultSpec;
  /** Absent when no headers were sent. */
  status?: number;
  /** The vendor did the work: it counts also when the client was gone by then. */
  billed: boolean;
  /** The client went away before the answer was complete. */
  aborted: boolean;
  /** The first 100 characters, how many there are, and a hash of all. */
  text: string;
  characters: number;
  textHash: string;
  authorized: boolean;
  /** As the vendor was told, with the text between them. */
  messages: { role: string; content: unknown }[];
  headers: Record<string, string>;
  /** The body without the text and the instruction. */
  settings: Record<string, unknown>;
}

export interface FakeProviders {
  /** http://127.0.0.1:PORT */
  url: string;
  log: LoggedRequest[];
  /** `${url}/${name}/v1` for an OpenAI kind, `${url}/${name}` for Hugging Face and Anthropic. */
  openaiUrl(name: string): string;
  huggingFaceUrl(name: string): string;
  control(command: Command): void;
  script(name: string, faults: FaultSpec[], task?: Task): void;
  /** @param fault undefined: well-behaved again */
  always(name: string, fault: FaultSpec | undefined, task?: Task): void;
  requestsTo(name: string, task?: Task): LoggedRequest[];
  close: () => Promise<void>;
}

/** Vendors over real sockets: one for each first part of a path, all well-behaved until told otherwise. */
export async function startFakeProviders({ port = 0, latencyMs = 0 } = {}): Promise<FakeProviders> {
  const log: LoggedRequest[] = [];
  const plans = new Map<string, FaultPlan>();

  function planOf(name: string): FaultPlan {
    const plan = plans.get(name) ?? new FaultPlan(latencyMs);
    plans.set(name, plan);
    return plan;
  }

  function control(command: Command): void {
    planOf(command.name).follow(command);
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.url === '/log') return void send(response, 200, log);
    if (request.url === '/control') {
      control((await json(request)) as Command);
      return void send(response, 200, {});
    }
    const asked = await vendorRequestIn(request);
    if (asked === undefined) return void send(response, 404, { error: 'Not Found' });
    const plan = planOf(asked.name);
    const fault = plan.next(asked.task, asked.text);
    const entry = logged(asked, fault);
    log.push(entry);
    response.once('close', () => {
      entry.endedAtMs = Date.now();
      entry.aborted = !response.writableFinished;
      if (response.headersSent) entry.status = response.statusCode;
    });
    if (plan.latencyMs > 0) await sleep(plan.latencyMs, undefined, { ref: false });
    entry.billed = await toFault(fault)(response, asked);
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      if (!response.headersSent) send(response, 400, { error: String(error) });
    });
  });
  server.requestTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    url,
    log,
    control,
    openaiUrl: (name) => `${url}/${name}/v1`,
    huggingFaceUrl: (name) => `${url}/${name}`,
    script: (name, script, task) => {
      control({ name, script, ...(task && { task }) });
    },
    always: (name, fault, task) => {
      control({ name, always: fault ?? null, ...(task && { task }) });
    },
    requestsTo: (name, task) => log.filter((entry) => entry.name === name && (task ?? entry.task) === entry.task),
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

/** Parts of a body that hold the text or the instruction. */
const TOLD = ['inputs', 'messages', 'system'];

function logged({ name, task, model, text, key, body, headers }: VendorRequest, fault: FaultSpec): LoggedRequest {
  const { system, messages = [] } = body as { system?: string; messages?: LoggedRequest['messages'] };
  const told = [...(system === undefined ? [] : [{ role: 'system', content: system }]), ...messages];
  const head = { name, task, model, atMs: Date.now(), fault, billed: false, aborted: false };
  const settings = Object.fromEntries(Object.entries(body).filter(([part]) => !TOLD.includes(part)));
  const said = { text: text.slice(0, 100), characters: text.length, textHash: hashOf(text) };
  return { ...head, ...said, messages: told, headers, authorized: key !== undefined, settings };
}

/** The URL of a port that nobody listens on. */
export async function refusingUrl(): Promise<string> {
  const { url, close } = await startFakeProviders();
  await close();
  return url;
}
