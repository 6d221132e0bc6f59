import { z } from 'zod';
import { SENTIMENT_LABELS } from '../domain/analyze/sentiment.js';

const positiveMs = z.int().min(1).max(86_400_000);
const url = z.url({ protocol: /^https?$/ }).transform((address) => address.replace(/\/+$/, ''));
/** Keys begin with a vendor's mark, or are long and of all kinds of letters. */
const LOOKS_LIKE_A_KEY =
  /^(sk|pk|rk|hf|gsk|xai|key|api_org|ghp|r8|pplx|AIza|AKIA)[-_]?(?=.*\d|.*[a-z].*[A-Z])[\w-]{12,}$|^(?=.*[a-z])(?=.*\d)[\w-]{24,}$/;
export const environmentVariable = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/, 'expected the name of an environment variable')
  .refine((name) => !LOOKS_LIKE_A_KEY.test(name), {
    message:
      'expected the name of an environment variable; this looks like a key itself, which belongs into the environment',
    abort: true,
  });

const MAX_HEADERS = 32;
const headerName = z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/, 'expected the name of a header');
const headers = z
  .record(
    headerName,
    z.union([z.string().max(4_096), z.strictObject({ env: environmentVariable })], {
      error: 'expected text, or { env: the name of an environment variable }',
    }),
  )
  .refine((all) => Object.keys(all).length <= MAX_HEADERS, `expected ${MAX_HEADERS} headers at most`)
  .optional();

const MAX_LABELS = 64;
const labels = z
  .record(z.string().min(1).max(200), z.enum(SENTIMENT_LABELS))
  .refine((all) => Object.keys(all).length <= MAX_LABELS, `expected ${MAX_LABELS} labels at most`)
  .optional();

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
const http = { ...common, headers, labels };
const maxOutputTokens = z.int().min(100).max(1_000_000).optional();
const structuredOutput = z.enum(['json_schema', 'json_object', 'prompt']).default('json_schema');
const chat = {
  ...http,
  maxOutputTokens,
  structuredOutput,
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
const anthropic = z.strictObject({
  kind: z.literal('anthropic'),
  ...chat,
  baseUrl: url.default('https://api.anthropic.com'),
  apiKeyEnv: environmentVariable.default('ANTHROPIC_API_KEY'),
  model: z.string().min(1),
});
const huggingFaceModel = z.union([z.string().min(1), z.strictObject({ chat: z.string().min(1) })], {
  error: 'expected the name of a model, or { chat: the name of a chat model }',
});
const PIPELINES = {
  summarize: 'facebook/bart-large-cnn',
  sentiment: 'distilbert/distilbert-base-uncased-finetuned-sst-2-english',
};
const huggingface = z.strictObject({
  kind: z.literal('huggingface'),
  ...http,
  maxOutputTokens,
  structuredOutput,
  baseUrl: url.default('https://router.huggingface.co'),
  apiKeyEnv: environmentVariable.default('HF_API_TOKEN'),
  models: z.preprocess(
    (value) => (typeof value === 'object' && value !== null ? { ...PIPELINES, ...value } : (value ?? PIPELINES)),
    z.record(z.string().min(1).max(64), huggingFaceModel),
  ),
});
const module = z.strictObject({
  kind: z.literal('module'),
  ...common,
  labels,
  maxOutputTokens,
  module: z.string().min(1),
  apiKeyEnv: environmentVariable.optional(),
  model: z.string().min(1).default('module'),
  options: z.record(z.string(), z.unknown()).optional(),
});
const FREE = { inputPerMillionTokens: 0, outputPerMillionTokens: 0 };
export const local = z.strictObject({ kind: z.literal('local'), ...common, price: price.default(FREE) });

export const provider = z.discriminatedUnion(
  'kind',
  [openai, openaiCompatible, anthropic, huggingface, local, module],
  {
    error: 'expected openai, openai-compatible, anthropic, huggingface, local or module',
  },
);
/** Who is asked without a configuration. */
export const BUILT_IN_PROVIDERS = {
  openai: {
    kind: 'openai',
    reasoningEffort: 'none',
    requestsPerSecond: 50,
    price: { inputPerMillionTokens: 0.75, outputPerMillionTokens: 4.5 },
  },
  huggingface: {
    kind: 'huggingface',
    maxInputChars: 3_500, // bart-large-cnn takes 1,024 tokens
    // Billed by the second of compute: $0.00012 on the GPU of the vendor's own example, and less on the CPUs that serve these
    // models (huggingface.co/docs/inference-providers/pricing, 2026-11). The least worst case of a call, 600 tokens of frame,
    // is then what 20 s cost, all that `timeoutMs` lets it take: a bound that is on the safe side, and no bill.
    price: { inputPerMillionTokens: 4, outputPerMillionTokens: 4 },
  },
} as const;

/** Names become part of task queues and workflow ids. */
export const providerName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, 'expected lower case letters, digits, - and _');

export type ProviderConfig = z.output<typeof provider>;
