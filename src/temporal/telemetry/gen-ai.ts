import type { Attempt } from '../../domain/attempt.js';
import { betweenCharacters } from '../../domain/characters.js';
import type { Called, Exchange } from './spans.js';

/** What OpenTelemetry calls the vendors that it knows (semantic conventions for generative AI, `gen_ai.provider.name`). */
const PROVIDER_NAMES: Partial<Record<string, string>> = { openai: 'openai', anthropic: 'anthropic' };
/** An adapter without the OpenAI dialect asks a pipeline. */
const OPERATIONS: Partial<Record<string, string>> = { huggingface: 'text_completion', local: 'text_completion' };

export function attemptSpanName({ model }: Attempt): string {
  return `gen_ai ${model}`;
}

type Attributes = Record<string, string | number | boolean>;

/** A call as the semantic conventions for generative AI have it. No text, and no address beyond the host. */
export function attemptAttributes(attempt: Attempt, { kind, baseUrl }: Called, answering?: string): Attributes {
  const { task, provider, model, failure, inputTokens, outputTokens, costUsd, possiblyPaid } = attempt;
  return {
    'gen_ai.operation.name': OPERATIONS[kind] ?? 'chat',
    'gen_ai.provider.name': PROVIDER_NAMES[kind] ?? provider,
    'gen_ai.request.model': model,
    ...(answering !== undefined && { 'gen_ai.response.model': answering }),
    ...(inputTokens !== undefined && { 'gen_ai.usage.input_tokens': inputTokens }),
    ...(outputTokens !== undefined && { 'gen_ai.usage.output_tokens': outputTokens }),
    ...(failure !== undefined && { 'error.type': failure }),
    ...server(baseUrl),
    'understudy.provider': provider,
    'understudy.task': task,
    ...(costUsd !== undefined && { 'understudy.cost_usd': costUsd }),
    ...(possiblyPaid && { 'understudy.possibly_paid': true }),
  };
}

/** Of each side. A trace is no place for a whole book. */
const MAX_CONTENT_CHARS = 16_384;

/** The text and the answer, in the form of the same conventions. */
export function contentAttributes({ text, answer }: Exchange): Attributes {
  const message = (role: string, content: string) =>
    JSON.stringify([
      { role, parts: [{ type: 'text', content: content.slice(0, betweenCharacters(content, MAX_CONTENT_CHARS)) }] },
    ]);
  const { value } = answer ?? {};
  return {
    'gen_ai.input.messages': message('user', text),
    ...(value !== undefined && {
      'gen_ai.output.messages': message('assistant', typeof value === 'string' ? value : JSON.stringify(value)),
    }),
  };
}

function server(baseUrl: string | undefined): Record<string, string | number> {
  if (baseUrl === undefined || !URL.canParse(baseUrl)) return {};
  const { hostname, port, protocol } = new URL(baseUrl);
  return { 'server.address': hostname, 'server.port': Number(port) || (protocol === 'http:' ? 80 : 443) };
}
