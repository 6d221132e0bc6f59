import Anthropic from '@anthropic-ai/sdk';
import { answeringModelIn } from '../chat/answering-model.js';
import type { Ask, Output } from '../chat/ask.js';
import { chatProvider, type ChatProviderSettings } from '../chat/chat-provider.js';
import { textToSend } from '../chat/messages.js';
import { thinkingTokens } from '../chat/output-token-limit.js';
import { againFor, instructionFor } from '../chat/prompts.js';
import { answerIn } from '../chat/reply.js';
import { shapedBy, type Shape, type StructuredOutput } from '../chat/shape.js';
import type { Provider } from '../provider.js';
import { secretsOf } from '../wire/connection.js';
import { usageIn } from '../wire/usage.js';
import { callVendor } from '../wire/vendor-call.js';
import { messageInStream, replyIn } from './message.js';

export interface AnthropicSettings extends ChatProviderSettings {
  kind: 'anthropic';
  /** Without the version: https://api.anthropic.com. A pasted `/v1/messages` behind it is no harm. */
  baseUrl: string;
  structuredOutput?: StructuredOutput | undefined;
}

type Request = Anthropic.MessageCreateParamsNonStreaming;

/** Claude, by Anthropic's own SDK and its messages. */
export function anthropic(settings: AnthropicSettings): Provider {
  return chatProvider(settings, (model) => anthropicChat({ ...settings, model }));
}

function anthropicChat(settings: AnthropicSettings): Ask {
  const { structuredOutput = 'json_schema' } = settings;
  const shaped = shapedBy({
    format: structuredOutput === 'json_schema' ? 'json_schema' : 'prompt', // there is nothing between the two
    place: 'around',
    limit: 'max_tokens',
    limitRenamed: true,
    room: thinkingTokens(settings) > 0,
    logprobs: false,
    effort: effortOf(settings) !== undefined,
    store: false,
  });

  return async (instruction, text, output, signal) => {
    const sent = textToSend(text);
    const deadline = AbortSignal.timeout(settings.timeoutMs);
    const told = instructionFor(instruction, output.schema);
    const body = await shaped((shape) => {
      const call = {
        connection: settings,
        scheme: 'x-api-key',
        text: sent,
        signal,
        deadline,
        unstream: messageInStream,
      } as const;
      const request = requestFor(shape, settings, told, sent, output);
      return callVendor(call, (fetch) => clientWith(fetch, settings).messages.create(request));
    });
    const answered = { secrets: secretsOf(settings), text: sent, usage: usageIn(body) };
    return { ...answerIn(replyIn(body, answered), output, answered), ...answeringModelIn(body, answered.secrets) };
  };
}

/** The text is a block of its own; the instruction stands before it, as the system's, and again behind it. */
function requestFor(shape: Shape, settings: AnthropicSettings, told: string, sent: string, output: Output): Request {
  const { schema, maxTokens } = output;
  const effort = shape.effort ? effortOf(settings) : undefined;
  const isStructured = schema && shape.format === 'json_schema';
  const output_config = {
    ...(isStructured && { format: { type: 'json_schema' as const, schema: { ...schema } } }),
    ...(effort && { effort }),
  };
  return {
    model: settings.model,
    stream: false,
    max_tokens: maxTokens + (shape.room ? thinkingTokens(settings) : 0),
    system: told,
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: sent },
          { type: 'text', text: againFor(told) },
        ],
      },
    ],
    ...(Object.keys(output_config).length > 0 && { output_config }),
  };
}

/** Claude knows no effort below low. */
function effortOf({ reasoningEffort }: AnthropicSettings): 'low' | 'medium' | 'high' | undefined {
  return reasoningEffort === 'none' || reasoningEffort === 'minimal' ? 'low' : reasoningEffort;
}

/** Every option that the SDK would otherwise take from an ambient ANTHROPIC_* variable or a profile is given. */
function clientWith(fetch: typeof globalThis.fetch, { apiKey, baseUrl }: AnthropicSettings): Anthropic {
  return new Anthropic({
    baseURL: baseUrl.replace(/\/+$/, '').replace(/(\/v1)?(\/messages)?$/, ''),
    fetch,
    apiKey: apiKey ?? 'none', // the SDK wants one, though a proxy may not
    webhookKey: null,
    logLevel: 'off',
    maxRetries: 0, // retries are the workflow's
    timeout: MAX_TIMER_MS, // the time limit is that of the `fetch`
    openTelemetry: false,
  });
}

/** The longest that a timer can be. */
const MAX_TIMER_MS = 2 ** 31 - 1;
