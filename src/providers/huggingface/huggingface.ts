import type { LabelWords } from '../../domain/analyze/sentiment.js';
import type { Task } from '../../domain/task.js';
import { providerOf, type Answering } from '../answering.js';
import { chatProvider, type ChatProviderSettings } from '../chat/chat-provider.js';
import { openaiChat } from '../chat/openai-chat.js';
import type { StructuredOutput } from '../chat/shape.js';
import type { Provider } from '../provider.js';
import { pipeline } from './pipelines.js';

export interface HuggingFaceSettings extends Omit<ChatProviderSettings, 'model'> {
  kind: 'huggingface';
  name: string;
  /** Without a path: https://router.huggingface.co. A pasted path behind it is no harm. */
  baseUrl: string;
  /** A model's name is called as the pipeline of its task, which only two have; `{ chat }` by chat completion. */
  models: Readonly<Record<Task, string | { chat: string }>>;
  /** Words of a classifier, to ours. */
  labels?: LabelWords | undefined;
  structuredOutput?: StructuredOutput | undefined;
}

/** Hugging Face: for each task a pipeline, or a chat model behind its router. */
export function huggingFace(given: HuggingFaceSettings): Provider {
  const settings = { ...given, baseUrl: given.baseUrl.replace(/\/+$/, '').replace(/\/(v1|hf-inference)(\/.*)?$/, '') };
  const { name, models, tasks = {} } = settings;
  const answering = Object.entries(models).flatMap(([task, model]): [Task, Answering][] => {
    const named = tasks[task]?.model;
    if (named === undefined && typeof model === 'string') {
      return task === 'summarize' || task === 'sentiment' ? [[task, pipeline(settings, task, model)]] : [];
    }
    return [[task, chatTask(settings, task, named ?? (typeof model === 'string' ? model : model.chat))]];
  });
  const byChatOnly = Object.entries(tasks).flatMap(([task, { model }]): [Task, Answering][] =>
    model === undefined || Object.hasOwn(models, task) ? [] : [[task, chatTask(settings, task, model)]],
  );
  return providerOf(name, Object.fromEntries([...answering, ...byChatOnly]), tasks);
}

/** Hugging Face's router speaks OpenAI's chat completions. */
function chatTask(settings: HuggingFaceSettings, task: Task, model: string): Answering {
  const { structuredOutput = 'json_schema' } = settings;
  const base = { ...settings, baseUrl: `${settings.baseUrl}/v1`, structuredOutput, logprobs: false };
  const ask = (named: string) => openaiChat({ ...base, model: named, dialect: 'compatible' });
  const provider = chatProvider({ ...base, model }, ask);
  return {
    model,
    maxOutputTokens: provider.maxOutputTokens[task] ?? 0,
    answer: (text, signal) => provider.answer(task, text, signal),
  };
}
