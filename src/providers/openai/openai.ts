import { chatProvider, type ChatProviderSettings } from '../chat/chat-provider.js';
import { openaiChat } from '../chat/openai-chat.js';
import type { StructuredOutput } from '../chat/shape.js';
import type { Provider } from '../provider.js';

export interface OpenAISettings extends ChatProviderSettings {
  kind: 'openai' | 'openai-compatible';
  /** With the version: https://api.openai.com/v1 */
  baseUrl: string;
  /** Asks for the tokens' probabilities, so that a label's score is measured and not made up. */
  logprobs: boolean;
  structuredOutput?: StructuredOutput | undefined;
}

/** OpenAI, or any vendor with its chat completions. */
export function openai(settings: OpenAISettings): Provider {
  const { kind, structuredOutput = 'json_schema' } = settings;
  const dialect = kind === 'openai' ? 'openai' : 'compatible';
  return chatProvider(settings, (model) => openaiChat({ ...settings, model, structuredOutput, dialect }));
}
