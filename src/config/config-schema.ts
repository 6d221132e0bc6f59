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
const MAX_ENCRYPTION_KEYS = 64;
const encryptionKey = z.strictObject({
  id: z.string().regex(/^[A-Za-z0-9][\w.-]{0,63}$/, 'expected at most 64 letters, digits, dots, - and _'),
  env: environmentVariable,
});
const encryption = z.strictObject({
  keys: z
    .array(encryptionKey)
    .min(1, 'expected at least one key')
    .max(MAX_ENCRYPTION_KEYS)
    .refine((keys) => new Set(keys.map(({ id }) => id)).size === keys.length, 'expected each id once'),
  plain: z.enum(['refuse', 'accept']).default('refuse'),
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

const MAX_HOSTS = 1_000;
const hosts = z
  .array(
    z
      .string()
      .regex(
        /^(?:[A-Za-z0-9._:-]+|\[[0-9A-Fa-f:.]+\](?::\d{1,5})?)$/,
        'expected a host or host:port, without https://',
      ),
  )
  .max(MAX_HOSTS);
/** What may be told to others is never what belongs to a provider or to Temporal. */
const tellable = environmentVariable.refine(
  (name) => !/^TEMPORAL_|^HF_TOKEN$/.test(name),
  'expected a variable that is for this alone',
);
const network = z.strictObject({
  allowHosts: hosts.default([]),
  userAgent: z
    .string()
    .regex(/^[\x20-\x7e]{1,300}$/, 'expected a line of ASCII characters')
    .default('understudy'),
  webhookSecrets: z.array(tellable).max(MAX_HOSTS).default([]),
  sourceAuth: z.record(tellable, hosts.min(1)).default({}),
});

/** How sources and sinks of schedules are reached. */
interface NetworkConfig {
  /** Names or addresses that may be reached though they are not public, with a port or for all ports. */
  allowHosts: string[];
  /** How sources and sinks are told who asks. */
  userAgent: string;
  /** Variables that may sign deliveries, beside those whose names begin with `UNDERSTUDY_WEBHOOK_`. */
  webhookSecrets: string[];
  /** Variables that hold what sources want to know, and the hosts that each may be sent to. */
  sourceAuth: Record<string, string[]>;
}

export type ProviderConfig = z.output<typeof provider>;
/**
 * What of a run only its workers and clients can read. The first of `keys` encrypts, all decrypt; `env` names the variable
 * that holds the key. `plain`: what a worker does with what is not encrypted.
 * @default plain: 'refuse'
 */
export type Encryption = z.output<typeof encryption>;
export interface Config {
  /** By name; `local` is always among them. */
  providers: Record<string, ProviderConfig>;
  /** Names of providers for each task, best first. */
  routes: Record<Task, { providers: string[]; onRefusal: OnRefusal }>;
  maxSummaryWords: number;
  /** `root`: the folder that holds all files a worker reads and writes for others. Absolute. */
  files: { root: string };
  network: NetworkConfig;
  /** undefined: what the Temporal server keeps, it can read */
  encryption?: Encryption | undefined;
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
    encryption: encryption.optional(),
    network: network.prefault({}),
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
    const told = [...value.network.webhookSecrets, ...Object.keys(value.network.sourceAuth)];
    for (const [name, settings] of Object.entries(value.providers)) {
      const key = 'apiKeyEnv' in settings ? settings.apiKeyEnv : undefined;
      if (key === undefined || !(told.includes(key) || key.startsWith('UNDERSTUDY_WEBHOOK_'))) continue;
      const path = ['providers', name, 'apiKeyEnv'];
      const message = 'expected a variable that no source and no webhook is told (network)';
      issues.push({ code: 'custom', path, message, input: key });
    }
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
  const isTold = (line: string) => mistakes.some((mistake) => mistake.startsWith(line.slice(0, line.indexOf(':'))));
  const routed = unknownProviders(value, builtIn).filter((line) => !isTold(line));
  throw new ConfigError([...mistakes, ...routed].map((line) => `${file}: ${line}`).join('\n'));
}

function valueOf(document: Document, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    throw new ConfigError(`${file}: ${error instanceof Error ? error.message : String(error)}`); // a bad alias
  }
}
