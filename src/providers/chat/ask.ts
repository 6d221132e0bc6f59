import type { Usage } from '../../domain/cost.js';
import type { JsonSchema } from '../../domain/task.js';
import type { Token } from './label-probability.js';

/** What an answer is to be. */
export interface Output {
  /** Letters, digits, `_` and `-`: some vendors want a name for a schema. */
  name: string;
  /** The answer's JSON; without it, the answer is text. */
  schema?: JsonSchema;
  /** Whether a vendor's strict mode takes the schema. */
  strict?: boolean;
  /** The most that the answer takes, thoughts left out. Tokens. */
  maxTokens: number;
}

/** What a chat model answered: `value` is text, or what JSON the answer holds (undefined when it holds none). */
export interface ChatAnswer {
  value: unknown;
  /** What the model wrote, piece by piece; empty where the vendor does not tell. */
  tokens: readonly Token[];
  usage: Usage | undefined;
  /** The model that answered, as the vendor calls it. */
  model?: string;
}

/**
 * One question to a chat model: what to do, the text to do it with, and what the answer is to be. The same for every
 * vendor and every task.
 * @throws ProviderError, or the signal's reason when it was aborted
 */
export type Ask = (instruction: string, text: string, output: Output, signal: AbortSignal) => Promise<ChatAnswer>;
