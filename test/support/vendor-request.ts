import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { text as textOf } from 'node:stream/consumers';
import type { Task } from '../../src/domain/task.js';

/** A request as a vendor would understand it. */
export interface VendorRequest {
  /** The fake vendor's name, the first part of the path. */
  name: string;
  wire: 'chat' | 'pipeline';
  task: Task;
  model: string;
  text: string;
  key: string | undefined;
  logprobs: boolean;
  /** The body as it came. */
  body: Record<string, unknown>;
}

interface ChatBody {
  model?: string;
  messages?: { role: string; content: string }[];
  response_format?: unknown;
  logprobs?: boolean;
}

interface PipelineBody {
  inputs?: string;
  parameters?: { max_length?: number };
}

/** @returns undefined for a path that no vendor serves */
export async function vendorRequestIn(request: IncomingMessage): Promise<VendorRequest | undefined> {
  const path = decodeURIComponent(request.url ?? '');
  const key = request.headers.authorization?.replace(/^Bearer /, '');
  const received = await textOf(request);
  const [, name = '', rest = ''] = /^\/([^/]+)\/(.*)$/.exec(path) ?? [];
  const model = /^hf-inference\/models\/(.+)$/.exec(rest)?.[1];
  if (request.method !== 'POST' || (model === undefined && !rest.endsWith('v1/chat/completions'))) return undefined;
  const body = JSON.parse(received) as Record<string, unknown>;
  return { name, key, body, ...(model === undefined ? chatIn(body) : pipelineIn(body, model)) };
}

type Understood = Pick<VendorRequest, 'wire' | 'task' | 'model' | 'text' | 'logprobs'>;

function chatIn({ model = '', messages = [], response_format, logprobs = false }: ChatBody): Understood {
  const text = messages.findLast(({ role }) => role === 'user')?.content ?? '';
  return { wire: 'chat', task: response_format ? 'sentiment' : 'summarize', model, text, logprobs };
}

function pipelineIn({ inputs = '', parameters }: PipelineBody, model: string): Understood {
  const judges = /sentiment|sst|classif/i.test(model) && parameters?.max_length === undefined;
  return { wire: 'pipeline', task: judges ? 'sentiment' : 'summarize', model, text: inputs, logprobs: false };
}

export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
