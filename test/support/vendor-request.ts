import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { text as textOf } from 'node:stream/consumers';
import type { Task } from '../../src/domain/task.js';

/** A request as a vendor would understand it. */
export interface VendorRequest {
  /** The fake vendor's name, the first part of the path. */
  name: string;
  wire: 'chat' | 'messages' | 'pipeline';
  task: Task;
  model: string;
  text: string;
  key: string | undefined;
  logprobs: boolean;
  /** The body as it came. */
  body: Record<string, unknown>;
  /** The headers as they came, names in lower case. */
  headers: Record<string, string>;
}

interface ChatBody {
  model?: string;
  messages?: { role: string; content: string }[];
  logprobs?: boolean;
}

interface MessagesBody {
  model?: string;
  system?: string;
  messages?: { role: string; content: { type: string; text: string }[] }[];
}

interface PipelineBody {
  inputs?: string;
  parameters?: { max_length?: number };
}

/** @returns undefined for a path that no vendor serves */
export async function vendorRequestIn(request: IncomingMessage): Promise<VendorRequest | undefined> {
  const path = decodeURIComponent(request.url ?? '').replace(/\?.*$/, '');
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
  const key = headers.authorization?.replace(/^Bearer /, '') ?? headers['x-api-key'];
  const received = await textOf(request);
  const [, name = '', rest = ''] = /^\/([^/]+)\/(.*)$/.exec(path) ?? [];
  const model = /^hf-inference\/models\/(.+)$/.exec(rest)?.[1];
  if (request.method !== 'POST') return undefined;
  const body = received === '' ? {} : (JSON.parse(received) as Record<string, unknown>);
  const head = { name, key, body, headers };
  if (model !== undefined) return { ...head, ...pipelineIn(body, model) };
  if (rest.endsWith('v1/messages')) return { ...head, ...messagesIn(body) };
  return rest.endsWith('v1/chat/completions') ? { ...head, ...chatIn(body) } : undefined;
}

type Understood = Pick<VendorRequest, 'wire' | 'task' | 'model' | 'text' | 'logprobs'>;

function chatIn({ model = '', messages = [], logprobs = false }: ChatBody): Understood {
  const user = messages.findLast(({ role }) => role === 'user')?.content ?? '';
  const marked = /(=====[0-9a-f]{16}=====)\n(.*)\n\1/s.exec(user)?.[2];
  return { wire: 'chat', task: taskOf(messages[0]?.content), model, text: marked ?? user, logprobs };
}

function messagesIn({ model = '', system, messages = [] }: MessagesBody): Understood {
  const text = messages[0]?.content[0]?.text ?? '';
  return { wire: 'messages', task: taskOf(system), model, text, logprobs: false };
}

/** Instructions of a test's own tasks begin with the task's name and a colon. */
function taskOf(instruction = ''): Task {
  const named = /^([A-Za-z][\w-]{0,63}): /.exec(instruction)?.[1];
  return named ?? (instruction.startsWith('You judge the sentiment') ? 'sentiment' : 'summarize');
}

function pipelineIn({ inputs = '', parameters }: PipelineBody, model: string): Understood {
  const judges = /sentiment|sst|classif/i.test(model) && parameters?.max_length === undefined;
  return { wire: 'pipeline', task: judges ? 'sentiment' : 'summarize', model, text: inputs, logprobs: false };
}

export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
