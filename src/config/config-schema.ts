import { resolve } from 'node:path';
import { parseDocument, type Document } from 'yaml';
import { z } from 'zod';
import { describedIssues, unknownProviders } from './config-issues.js';
import type { OnRefusal } from '../domain/failover/plan.js';
import type { Task } from '../domain/task.js';

/** A configuration that cannot be used. The message names the file, the path of the key, and what was expected. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

const positiveMs = z.int().min(1).max(86_400_000);
const url = z.url({ protocol: /^https?$/ }).transform((address) => address.replace(/\/+$/, ''));
const environmentVariable = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'expected the name of an environment variable');

const retry = z
  .strictObject({
    maximumAttempts: z.int().min(1).max(100).default(1),
    initialIntervalMs: positiveMs.default(1_000),
    maximumIntervalMs: positiveMs.default(30_000),
    backoffCoefficient: z.number().min(1).max(10).default(2),
  })
  .refine(({ initialIntervalMs, maximumIntervalMs }) => maximumIntervalMs >= initialIntervalMs, {
    path: ['maximumIntervalMs'],
    message: 'expected at least initialIntervalMs, as Temporal demands',
  })
  .prefault({});

const dollars = z.number().min(0);
const price = z.strictObject({ inputPerMillionTokens: dollars, outputPerMillionTokens: dollars });
const common = {
  timeoutMs: positiveMs.default(20_000),
  retry,
  maxInputChars: z.int().min(2_000).max(10_000_000).optional(),
  requestsPerSecond: z.number().positive().max(100_000).optional(),
  maxConcurrentCalls: z.int().min(1).max(10_000).default(100),
  price: price.optional(),
};

const OPENAI_MODEL = 'gpt-5.4-mini-2026-03-17';
const chat = {
  ...common,
  reasoningEffort: z.enum(['none', 'minimal', 'low', 'medium', 'high']).optional(),
};
const openai = z.strictObject({
  kind: z.literal('openai'),
  ...chat,
  baseUrl: url.default('https://api.openai.com/v1'),
  apiKeyEnv: environmentVariable.default('OPENAI_API_KEY'),
  model: z.string().min(1).default(OPENAI_MODEL),
  logprobs: z.boolean().default(true),
});
const openaiCompatible = z.strictObject({
  kind: z.literal('openai-compatible'),
  ...chat,
  baseUrl: url,
  apiKeyEnv: environmentVariable.optional(),
  model: z.string().min(1),
  logprobs: z.boolean().default(false),
});
const huggingFaceModel = z.union([z.string().min(1), z.strictObject({ chat: z.string().min(1) })], {
  error: 'expected the name of a model, or { chat: the name of a chat model }',
});
const huggingface = z.strictObject({
  kind: z.literal('huggingface'),
  ...common,
  baseUrl: url.default('https://router.huggingface.co'),
  apiKeyEnv: environmentVariable.default('HF_API_TOKEN'),
  models: z
    .strictObject({
      summarize: huggingFaceModel.default('facebook/bart-large-cnn'),
      sentiment: huggingFaceModel.default('distilbert/distilbert-base-uncased-finetuned-sst-2-english'),
    })
    .prefault({}),
});
const FREE = { inputPerMillionTokens: 0, outputPerMillionTokens: 0 };
const local = z.strictObject({ kind: z.literal('local'), ...common, price: price.default(FREE) });

const provider = z.discriminatedUnion('kind', [openai, openaiCompatible, huggingface, local], {
  error: 'expected openai, openai-compatible, huggingface or local',
});
const providerNames = z.array(z.string()).min(1, 'expected at least one provider');
const route = z.preprocess(
  (value) => (Array.isArray(value) ? { providers: value as unknown } : value),
  z.strictObject({ providers: providerNames, onRefusal: z.enum(['stop', 'switch']).default('stop') }),
);

const BUILT_IN_PROVIDERS = {
  openai: {
    kind: 'openai',
    reasoningEffort: 'none',
    requestsPerSecond: 50,
    price: { inputPerMillionTokens: 0.75, outputPerMillionTokens: 4.5 },
  },
  huggingface: { kind: 'huggingface', maxInputChars: 3_500 }, // bart-large-cnn takes 1,024 tokens
} as const;

/** Names become part of task queues and workflow ids. */
const providerName = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, 'expected lower case letters, digits, - and _');

export type ProviderConfig = z.output<typeof provider>;
export interface Config {
  /** By name; `local` is always among them. */
  providers: Record<string, ProviderConfig>;
  /** Names of providers for each task, best first. */
  routes: Record<Task, { providers: string[]; onRefusal: OnRefusal }>;
  maxSummaryWords: number;
  /** `root`: the folder that holds all files a worker reads and writes for others. Absolute. */
  files: { root: string };
  /** `allowHosts`: names or addresses that sources and sinks may reach though they are not public. */
  network: { allowHosts: string[] };
}

const configSchema = z
  .strictObject({
    providers: z.record(providerName, provider).prefault(BUILT_IN_PROVIDERS),
    routes: z
      .strictObject({
        summarize: route.prefault(['openai', 'huggingface']),
        sentiment: route.prefault(['huggingface', 'openai']),
      })
      .prefault({}),
    maxSummaryWords: z.int().min(5).max(1_000).default(60),
    network: z.strictObject({ allowHosts: z.array(z.string().min(1)).default([]) }).prefault({}),
    files: z
      .strictObject({
        root: z
          .string()
          .min(1)
          .default('.')
          .transform((path) => resolve(path)),
      })
      .prefault({}),
  })
  .transform((config): Config => {
    const builtIn: ProviderConfig = local.parse({ kind: 'local' });
    return { ...config, providers: { local: builtIn, ...config.providers } };
  })
  .check(({ value, issues }) => {
    for (const [task, { providers }] of Object.entries(value.routes)) {
      for (const [index, name] of providers.entries()) {
        if (Object.hasOwn(value.providers, name)) continue;
        const known = Object.keys(value.providers).join(', ');
        issues.push({
          code: 'custom',
          path: ['routes', task, index],
          message: `expected one of the providers ${known}`,
          input: name,
        });
      }
    }
  });

/**
 * @param yaml nothing: the built-in default
 * @param file how errors call the source
 * @throws ConfigError
 */
export function parseConfig(yaml: string, file: string): Config {
  const document = parseDocument(yaml, { prettyErrors: false });
  const [syntaxError] = document.errors;
  if (syntaxError) {
    const line = yaml.slice(0, syntaxError.pos[0]).split('\n').length;
    throw new ConfigError(`${file}: line ${line}: ${syntaxError.message}`);
  }
  const value = valueOf(document, file) ?? {};
  const result = configSchema.safeParse(value, { reportInput: true });
  if (result.success) return result.data;
  const mistakes = describedIssues(result.error.issues, configSchema);
  const builtIn = { always: ['local'], unlessConfigured: Object.keys(BUILT_IN_PROVIDERS) };
  const routed = unknownProviders(value, builtIn).filter((line) => !mistakes.includes(line));
  throw new ConfigError([...mistakes, ...routed].map((line) => `${file}: ${line}`).join('\n'));
}

function valueOf(document: Document, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    throw new ConfigError(`${file}: ${error instanceof Error ? error.message : String(error)}`); // a bad alias
  }
}
