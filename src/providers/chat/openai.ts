import OpenAI from 'openai';
import { sentimentIn, summaryIn } from './chat-answer.js';
import { SENTIMENT_FORMAT, SENTIMENT_INSTRUCTION, summaryInstruction } from './chat-prompts.js';
import { outputTokenLimit, type ReasoningEffort } from '../wire/output-token-limit.js';
import type { Provider } from '../provider.js';
import { callVendor, vendorFetch, type Connection } from '../wire/vendor-call.js';

export interface OpenAISettings extends Connection {
  kind: 'openai' | 'openai-compatible';
  name: string;
  /** With the version: https://api.openai.com/v1 */
  baseUrl: string;
  model: string;
  maxSummaryWords: number;
  /** Asks for the tokens' probabilities, so that a label's score is measured and not made up. */
  logprobs: boolean;
  reasoningEffort?: ReasoningEffort | undefined;
}

type Request = OpenAI.Chat.ChatCompletionCreateParamsNonStreaming;

/** Any vendor with OpenAI's chat completions; OpenAI itself is told more than other servers know. */
export function openai(settings: OpenAISettings): Provider {
  const { name, kind, baseUrl, model, maxSummaryWords, logprobs, reasoningEffort, apiKey } = settings;
  const client = clientFor(baseUrl);
  const limit = outputTokenLimit(maxSummaryWords, reasoningEffort);
  // OpenAI refuses `max_tokens` for newer models; most other servers know nothing else.
  const dialect = kind === 'openai' ? { store: false, max_completion_tokens: limit } : { max_tokens: limit };
  const common = { model, ...dialect, ...(reasoningEffort && { reasoning_effort: reasoningEffort }) };

  function ask(
    instruction: string,
    text: string,
    signal: AbortSignal,
    format: Partial<Request> = {},
  ): Promise<unknown> {
    const messages: Request['messages'] = [
      { role: 'system', content: instruction },
      { role: 'user', content: text },
    ];
    return callVendor(settings, text, signal, () => client.chat.completions.create({ ...common, ...format, messages }));
  }

  return {
    name,
    models: { summarize: model, sentiment: model },
    maxOutputTokens: { summarize: limit, sentiment: limit },
    async summarize(text, signal) {
      const body = await ask(summaryInstruction(maxSummaryWords), text, signal);
      return summaryIn(body, maxSummaryWords, { apiKey, text });
    },
    async sentiment(text, signal) {
      const format = { response_format: SENTIMENT_FORMAT, ...(logprobs && { logprobs }) };
      return sentimentIn(await ask(SENTIMENT_INSTRUCTION, text, signal, format), { apiKey, text });
    },
  };
}

/** Every option that the SDK would otherwise take from an ambient OPENAI_* variable is given. */
function clientFor(baseURL: string): OpenAI {
  return new OpenAI({
    baseURL,
    fetch: vendorFetch,
    apiKey: 'set by callVendor',
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    logLevel: 'off',
    maxRetries: 0, // retries are the workflow's
    timeout: 2 ** 31 - 1, // callVendor has the time limit; the longest that a timer can be
  });
}
