import { huggingFace, type HuggingFaceSettings } from './huggingface/huggingface.js';
import { local, type LocalSettings } from './local/local.js';
import { openai, type OpenAISettings } from './chat/openai.js';
import type { Provider } from './provider.js';

export type ProviderSettings = OpenAISettings | HuggingFaceSettings | LocalSettings;

export function createProvider(settings: ProviderSettings): Provider {
  switch (settings.kind) {
    case 'openai':
    case 'openai-compatible':
      return openai(settings);
    case 'huggingface':
      return huggingFace(settings);
    case 'local':
      return local(settings);
  }
}
