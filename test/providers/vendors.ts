import { huggingFace } from '../../src/providers/huggingface/huggingface.js';
import { openai, type OpenAISettings } from '../../src/providers/chat/openai.js';
import { ProviderError, type Provider } from '../../src/providers/provider.js';
import type { Task } from '../../src/domain/task.js';
import type { FakeProviders } from '../support/fake-providers.js';

export const KEY = 'secret-0123456789-abcdef';
export const TEXT =
  'The quarterly figures of Mustermann & Söhne were splendid, and every customer was delighted by them.';

const common = { apiKey: KEY, apiKeyEnv: 'TEST_API_KEY', timeoutMs: 1_000, maxSummaryWords: 60 };

type Changes = Partial<Pick<OpenAISettings, 'apiKey' | 'apiKeyEnv' | 'timeoutMs' | 'baseUrl' | 'maxSummaryWords'>>;

export const VENDOR_NAMES = ['openai', 'openai-compatible', 'huggingface', 'huggingface chat'] as const;

export const VENDORS: Record<(typeof VENDOR_NAMES)[number], (fake: FakeProviders, changes?: Changes) => Provider> = {
  openai: (fake, changes) =>
    openai({
      ...common,
      kind: 'openai',
      name: 'o',
      baseUrl: fake.openaiUrl('o'),
      model: 'm',
      logprobs: true,
      ...changes,
    }),
  'openai-compatible': (fake, changes) =>
    openai({
      ...{ ...common, kind: 'openai-compatible', name: 'c', baseUrl: fake.openaiUrl('c'), model: 'm', logprobs: false },
      ...changes,
    }),
  huggingface: (fake, changes) => {
    const models = { summarize: 'facebook/bart-large-cnn', sentiment: 'distilbert/sst-2-english' };
    return huggingFace({
      ...common,
      kind: 'huggingface',
      name: 'h',
      baseUrl: fake.huggingFaceUrl('h'),
      models,
      ...changes,
    });
  },
  'huggingface chat': (fake, changes) => {
    const models = { summarize: { chat: 'm' }, sentiment: { chat: 'm' } };
    return huggingFace({
      ...common,
      kind: 'huggingface',
      name: 'hc',
      baseUrl: fake.huggingFaceUrl('hc'),
      models,
      ...changes,
    });
  },
};

/** The failure of a call, or what it answered. */
export async function outcomeOf(provider: Provider, task: Task, text = TEXT, signal = new AbortController().signal) {
  try {
    return await provider[task](text, signal);
  } catch (error) {
    if (error instanceof ProviderError) return error;
    throw error;
  }
}
