import { anthropic, type AnthropicSettings } from './anthropic/anthropic.js';
import { huggingFace, type HuggingFaceSettings } from './huggingface/huggingface.js';
import { local, type LocalSettings } from './local/local.js';
import { module, type ModuleProviderSettings } from './module/module.js';
import { openai, type OpenAISettings } from './openai/openai.js';
import type { Provider } from './provider.js';

export type ProviderSettings =
  OpenAISettings | AnthropicSettings | HuggingFaceSettings | LocalSettings | ModuleProviderSettings;

/** The provider that the settings describe, of whatever kind. */
export function createProvider(settings: ProviderSettings): Provider {
  switch (settings.kind) {
    case 'openai':
    case 'openai-compatible':
      return openai(settings);
    case 'anthropic':
      return anthropic(settings);
    case 'huggingface':
      return huggingFace(settings);
    case 'local':
      return local(settings);
    case 'module':
      return module(settings);
  }
}
