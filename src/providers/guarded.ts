import { wellFormed } from '../domain/text.js';
import { ProviderError, type Answer, type Provider } from './provider.js';

/**
 * A provider that throws nothing but a {@link ProviderError} or its signal's reason, whatever goes wrong in it, and is
 * given no half characters: every vendor refuses those.
 */
export function guarded(provider: Provider): Provider {
  async function guard<T>(
    text: string,
    signal: AbortSignal,
    ask: (text: string) => Promise<Answer<T>>,
  ): Promise<Answer<T>> {
    try {
      return await ask(wellFormed(text));
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof ProviderError) throw error;
      const name = error instanceof Error ? error.name : typeof error;
      throw new ProviderError('BadOutput', `the answer could not be read (${name})`, { possiblyPaid: true });
    }
  }
  return {
    name: provider.name,
    models: provider.models,
    maxOutputTokens: provider.maxOutputTokens,
    summarize: (text, signal) => guard(text, signal, (sent) => provider.summarize(sent, signal)),
    sentiment: (text, signal) => guard(text, signal, (sent) => provider.sentiment(sent, signal)),
  };
}
