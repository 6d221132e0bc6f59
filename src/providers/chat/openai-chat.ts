import OpenAI from 'openai';
import { secretsOf, type Connection } from '../wire/connection.js';
import { callVendor } from '../wire/vendor-call.js';
import { usageIn } from '../wire/usage.js';
import { errorInside } from '../wire/answer-failure.js';
import { answeringModelIn } from './answering-model.js';
import type { Ask, Output } from './ask.js';
import { replyIn } from './completion.js';
import { completionInStream } from './event-stream.js';
import { messagesFor, textToSend } from './messages.js';
import { thinkingTokens, type OutputRoom } from './output-token-limit.js';
import { instructionFor } from './prompts.js';
import { answerIn } from './reply.js';
import { shapedBy, type Shape, type StructuredOutput } from './shape.js';

/** Who is asked in OpenAI's dialect of chat completions. */
export interface ChatSettings extends Connection, OutputRoom {
  /** With the version: https://api.openai.com/v1. A pasted `/chat/completions` behind it is no harm. */
  baseUrl: string;
  model: string;
  structuredOutput: StructuredOutput;
  /** Asks for the tokens' probabilities, so that a label's score is measured and not made up. */
  logprobs: boolean;
  /** `openai`: what only OpenAI's own servers know. */
  dialect: 'openai' | 'compatible';
}

type Request = OpenAI.Chat.ChatCompletionCreateParamsNonStreaming;

/** Asks any vendor with OpenAI's chat completions; OpenAI itself is told more than other servers know. */
export function openaiChat(settings: ChatSettings): Ask {
  const isOpenAI = settings.dialect === 'openai';
  const shaped = shapedBy({
    format: settings.structuredOutput,
    place: 'around',
    limit: isOpenAI ? 'max_completion_tokens' : 'max_tokens', // OpenAI refuses the older name for newer models
    limitRenamed: false,
    room: thinkingTokens(settings) > 0,
    logprobs: settings.logprobs,
    effort: settings.reasoningEffort !== undefined,
    store: isOpenAI,
  });

  return async (instruction, text, output, signal) => {
    const sent = textToSend(text);
    const deadline = AbortSignal.timeout(settings.timeoutMs);
    const told = instructionFor(instruction, output.schema);
    const body = await shaped((shape) => {
      const call = { connection: settings, text: sent, signal, deadline, unstream: completionInStream };
      const request = { ...requestFor(shape, settings, output), messages: messagesFor(shape.place, told, text) };
      return callVendor(call, (fetch) => clientWith(fetch, settings).chat.completions.create(request));
    });
    const answered = { secrets: secretsOf(settings), text: sent, usage: usageIn(body) };
    const reply = replyIn(body, answered);
    if (reply.error) throw errorInside({ ...reply, usage: answered.usage }, OK, answered, settings);
    return { ...answerIn(reply, output, answered), ...answeringModelIn(body, answered.secrets) };
  };
}

const OK = { status: 200, headers: new Headers() };

function requestFor(
  shape: Shape,
  settings: ChatSettings,
  { name, schema, strict = false, maxTokens }: Output,
): Omit<Request, 'messages'> {
  const { model, reasoningEffort } = settings;
  const tokens = maxTokens + (shape.room ? thinkingTokens(settings) : 0);
  return {
    model,
    stream: false,
    [shape.limit]: tokens,
    ...(shape.store && { store: false }),
    ...(shape.effort && reasoningEffort && { reasoning_effort: reasoningEffort }),
    ...(schema && shape.logprobs && { logprobs: true }),
    ...(schema && shape.format === 'json_object' && { response_format: { type: 'json_object' as const } }),
    ...(schema &&
      shape.format === 'json_schema' && {
        response_format: { type: 'json_schema' as const, json_schema: { name, strict, schema } },
      }),
  };
}

/** Every option that the SDK would otherwise take from an ambient OPENAI_* variable is given. */
function clientWith(fetch: typeof globalThis.fetch, { apiKey, baseUrl }: ChatSettings): OpenAI {
  const { address, query } = addressOf(baseUrl);
  return new OpenAI({
    baseURL: address,
    defaultQuery: query,
    fetch,
    apiKey: apiKey ?? 'none', // the SDK wants one, though the vendor may not
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    logLevel: 'off',
    maxRetries: 0, // retries are the workflow's
    timeout: MAX_TIMER_MS, // the time limit is that of the `fetch`
  });
}

/** The longest that a timer can be. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** People paste the address of a whole call from a vendor's page. */
function addressOf(baseUrl: string): { address: string; query: Record<string, string> } {
  const url = new URL(baseUrl);
  const query = Object.fromEntries(url.searchParams);
  url.search = '';
  return { address: url.href.replace(/\/$/, '').replace(/\/chat\/completions$/, ''), query };
}
