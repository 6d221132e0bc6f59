import type { LabelWords } from '../../domain/analyze/sentiment.js';
import type { Task } from '../../domain/task.js';
import { chatProvider, type ChatProviderSettings } from '../chat/chat-provider.js';
import { openaiChat } from '../chat/openai-chat.js';
import type { StructuredOutput } from '../chat/shape.js';
import type { Provider } from '../provider.js';
import { pipelines } from './pipelines.js';

export interface HuggingFaceSettings extends Omit<ChatProviderSettings, 'model'> {
  kind: 'huggingface';
  name: string;
  /** Without a path: https://router.huggingface.co. A pasted path behind it is no harm. */
  baseUrl: string;
  /** A model's name is called as the pipeline of its task, `{ chat }` by chat completion. */
  models: Record<Task, string | { chat: string }>;
  /** Words of a classifier, to ours. */
  labels?: LabelWords | undefined;
  structuredOutput?: StructuredOutput | undefined;
}

/** Hugging Face: for each task a pipeline, or a chat model behind its router. */
export function huggingFace(given: HuggingFaceSettings): Provider {
  const settings = { ...given, baseUrl: given.baseUrl.replace(/\/+$/, '').replace(/\/(v1|hf-inference)(\/.*)?$/, '') };
  const { summarize, sentiment } = settings.models;
  const summarizer = typeof summarize === 'string' ? pipelines(settings, summarize) : chat(settings, summarize.chat);
  const judge = typeof sentiment === 'string' ? pipelines(settings, sentiment) : chat(settings, sentiment.chat);
  return {
    name: settings.name,
    models: { summarize: summarizer.models.summarize, sentiment: judge.models.sentiment },
    maxOutputTokens: {
      summarize: summarizer.maxOutputTokens.summarize,
      sentiment: judge.maxOutputTokens.sentiment,
    },
    summarize: (text, signal) => summarizer.summarize(text, signal),
    sentiment: (text, signal) => judge.sentiment(text, signal),
  };
}

/** Hugging Face's router speaks OpenAI's chat completions. */
function chat(settings: HuggingFaceSettings, model: string): Provider {
  const { structuredOutput = 'json_schema' } = settings;
  const ofModel = { ...settings, baseUrl: `${settings.baseUrl}/v1`, model, structuredOutput, logprobs: false };
  return chatProvider(ofModel, openaiChat({ ...ofModel, dialect: 'compatible' }));
}
