import { createProvider, type ProviderSettings } from '../../src/providers/create-provider.js';
import { ProviderError, type Provider } from '../../src/providers/provider.js';
import type { Task } from '../../src/domain/task.js';
import type { FakeProviders } from '../support/fake-providers.js';

export const KEY = 'secret-0123456789-abcdef';
export const TEXT =
  'The quarterly figures of Mustermann & Söhne were splendid, and every customer was delighted by them.';

const common = { apiKey: KEY, apiKeyEnv: 'TEST_API_KEY', timeoutMs: 1_000, maxSummaryWords: 60 };

type Changes = Record<string, unknown>;
const PIPELINES = { summarize: 'facebook/bart-large-cnn', sentiment: 'distilbert/sst-2-english' };
const CHAT_MODELS = { summarize: { chat: 'm' }, sentiment: { chat: 'm' } };

/** A provider of each way to ask, before the fake vendor of its name. */
const SETTINGS = {
  openai: (fake: FakeProviders) => ({
    kind: 'openai',
    name: 'o',
    baseUrl: fake.openaiUrl('o'),
    model: 'm',
    logprobs: true,
  }),
  'openai-compatible': (fake: FakeProviders) => ({
    ...{ kind: 'openai-compatible', name: 'c', baseUrl: fake.openaiUrl('c'), model: 'm', logprobs: false },
  }),
  anthropic: (fake: FakeProviders) => ({ kind: 'anthropic', name: 'a', baseUrl: fake.huggingFaceUrl('a'), model: 'm' }),
  huggingface: (fake: FakeProviders) => ({
    ...{ kind: 'huggingface', name: 'h', baseUrl: fake.huggingFaceUrl('h'), models: PIPELINES },
  }),
  'huggingface chat': (fake: FakeProviders) => ({
    ...{ kind: 'huggingface', name: 'hc', baseUrl: fake.huggingFaceUrl('hc'), models: CHAT_MODELS },
  }),
};

export type VendorName = keyof typeof SETTINGS;
export const VENDOR_NAMES = Object.keys(SETTINGS) as VendorName[];
/** Those that are asked in a conversation. */
export const CHAT_NAMES = VENDOR_NAMES.filter((name) => name !== 'huggingface');

/** @param changes of the provider's settings */
export function vendor(name: VendorName, fake: FakeProviders, changes: Changes = {}): Provider {
  return createProvider({ ...common, ...SETTINGS[name](fake), ...changes } as ProviderSettings);
}

/** The failure of a call, or what it answered. */
export async function outcomeOf(provider: Provider, task: Task, text = TEXT, signal = new AbortController().signal) {
  try {
    return await provider.answer(task, text, signal);
  } catch (error) {
    if (error instanceof ProviderError) return error;
    throw error;
  }
}
