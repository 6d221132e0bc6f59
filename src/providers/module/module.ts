import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import type { LabelWords } from '../../domain/analyze/sentiment.js';
import { MAX_SUMMARY_CHARS } from '../../domain/analyze/summary.js';
import type { Sentiment } from '../../domain/analyze/sentiment.js';
import type { Task, TaskDefinition } from '../../domain/task.js';
import { providerOf, type Answering } from '../answering.js';
import { outputTokenLimits } from '../chat/output-token-limit.js';
import { ProviderError, type Answer, type Provider } from '../provider.js';
import { sentimentAnswer, summaryAnswer } from '../wire/checked-answer.js';
import { cleanedJson } from '../wire/json.js';
import { ANSWER_RUN, withoutSecrets } from '../wire/secrets.js';
import { isTooFewFor } from '../wire/usage.js';
import { vendorMessage } from '../wire/vendor-message.js';
import { failureOf } from './module-failure.js';

/**
 * What a module's factory is given: the settings of its provider in the configuration. The key comes from the
 * environment of the worker, by `apiKeyEnv`, and must not be told in any answer or error.
 */
export interface ModuleSettings {
  /** The provider's name in the configuration. */
  name: string;
  /** As configured; `module` where it is left out. */
  model: string;
  /** Undefined without an `apiKeyEnv`. */
  apiKey: string | undefined;
  /** The most words that a summary may have; a longer one is cut. */
  maxSummaryWords: number;
  /** For one answer, in milliseconds. The signal aborts then; nothing that comes later counts. */
  timeoutMs: number;
  /** Whatever stands under `options` in the configuration. */
  options: Readonly<Record<string, unknown>>;
}

/** The default export of a module: a provider with one task or both, or a function that makes one. */
export type ProviderModule = ModuleProvider | ((settings: ModuleSettings) => ModuleProvider | Promise<ModuleProvider>);
/** What answers: the two tasks that are there by themselves, any other one, or some of them. */
export interface ModuleProvider {
  summarize?(text: string, signal: AbortSignal): Promise<Answer<string>>;
  sentiment?(text: string, signal: AbortSignal): Promise<Answer<Sentiment>>;
  /** Any other task of the configuration. An answer that does not fit the question's schema goes to the next provider. */
  ask?(question: ModuleQuestion, text: string, signal: AbortSignal): Promise<Answer<unknown>>;
}

/** A task of the configuration, as a module is asked it. */
export interface ModuleQuestion extends Pick<TaskDefinition, 'instruction' | 'output' | 'maxOutputTokens'> {
  task: Task;
  model: string;
}

export interface ModuleProviderSettings extends Omit<ModuleSettings, 'options'> {
  kind: 'module';
  /** Absolute path. */
  module: string;
  apiKeyEnv?: string | undefined;
  labels?: LabelWords | undefined;
  options?: Readonly<Record<string, unknown>> | undefined;
  /** The most that one answer has, for its worst case. Tokens. */
  maxOutputTokens?: number | undefined;
  tasks?: Readonly<Record<Task, TaskDefinition>> | undefined;
}

/** What a module made, before its answers are known to fit. Methods are called on the object itself: it may be a class. */
type Made = Partial<Record<(typeof METHODS)[number], (...given: unknown[]) => unknown>>;

const METHODS = ['summarize', 'sentiment', 'ask'] as const;

const isMethod = (value: unknown) => value === undefined || typeof value === 'function';

function isMade(value: unknown): value is Made {
  if (typeof value !== 'object' || value === null) return false;
  const methods = METHODS.map((name): unknown => Reflect.get(value, name));
  return methods.every(isMethod) && methods.some((method) => method !== undefined);
}

const Loaded = z.object({ default: z.unknown().optional() });

const count = z.number().min(0).max(1_000_000_000);
const Usage = z
  .object({ inputTokens: count.min(1), outputTokens: count })
  .optional()
  .catch(undefined);
const Summary = z.object({ value: z.string().max(MAX_SUMMARY_CHARS), usage: Usage });
const Anything = z.object({ value: z.unknown().refine((value) => value !== undefined), usage: Usage });
const Judgement = z.object({ value: z.object({ label: z.string(), score: z.number() }), usage: Usage });

/** A provider that a user wrote: a file that exports one. Its answers and errors are checked like those of any vendor. */
export function module(settings: ModuleProviderSettings): Provider {
  const { name, model, apiKey, apiKeyEnv, maxSummaryWords, maxOutputTokens, timeoutMs, labels, tasks = {} } = settings;
  const secrets = apiKey === undefined ? [] : [apiKey];
  const cleaned = (value: unknown) => cleanedJson(value, (each) => withoutSecrets(each, secrets, ANSWER_RUN));
  let loading: Promise<Made> | undefined;

  function loaded(): Promise<Made> {
    loading ??= load(settings);
    loading.catch(() => (loading = undefined)); // a function may be able to make one later
    return loading;
  }

  async function answerOf(
    method: (typeof METHODS)[number],
    text: string,
    signal: AbortSignal,
    question?: ModuleQuestion,
  ): Promise<unknown> {
    signal.throwIfAborted();
    if (apiKey === undefined && apiKeyEnv !== undefined) {
      throw new ProviderError('Auth', `no API key (set ${apiKeyEnv})`, { neverSent: true });
    }
    const provider = await loaded().catch((error: unknown) => {
      const said = vendorMessage(error instanceof Error ? error.message : String(error), { secrets, text });
      throw new ProviderError('BadRequest', `the module cannot be loaded: ${said}`, { neverSent: true });
    });
    const ask = provider[method];
    if (!ask) throw new ProviderError('BadRequest', `the module has no ${method}`, { neverSent: true });
    const deadline = AbortSignal.timeout(timeoutMs);
    const limits = AbortSignal.any([signal, deadline]);
    try {
      return await withinLimits(
        Promise.resolve(ask.call(provider, ...(question ? [question] : []), text, limits)),
        limits,
      );
    } catch (error) {
      signal.throwIfAborted();
      if (deadline.aborted) {
        throw new ProviderError('Timeout', `no full answer in ${timeoutMs} ms`, { possiblyPaid: true });
      }
      throw failureOf(error, { secrets, text });
    }
  }

  const tokens = outputTokenLimits({ maxSummaryWords, maxOutputTokens });
  const summarize: Answering['answer'] = async (text, signal) => {
    const { value, usage } = parsed(Summary, await answerOf('summarize', text, signal), text);
    return summaryAnswer(value, maxSummaryWords, { secrets, text, usage });
  };
  const sentiment: Answering['answer'] = async (text, signal) => {
    const { value, usage } = parsed(Judgement, await answerOf('sentiment', text, signal), text);
    return sentimentAnswer(value.label, value.score, labels, { secrets, text, usage });
  };
  const answering: Record<Task, Answering> = {
    summarize: { model, maxOutputTokens: tokens.summarize, answer: summarize },
    sentiment: { model, maxOutputTokens: tokens.sentiment, answer: sentiment },
  };
  for (const [task, definition] of Object.entries(tasks)) {
    if (Object.hasOwn(answering, task) && !definition.output) continue;
    const { model: named = model, maxOutputTokens: most = maxOutputTokens ?? USUAL_TOKENS } = definition;
    const question = { ...definition, task, model: named, maxOutputTokens: most };
    const answer: Answering['answer'] = async (text, signal) => {
      const { value, usage } = parsed(Anything, await answerOf('ask', text, signal, question), text);
      return { value: cleaned(value), ...(usage && { usage }) };
    };
    answering[task] = { model: named, maxOutputTokens: most, answer };
  }
  return providerOf(name, answering, tasks);
}

/** Where neither the task nor the provider says how much it takes. */
const USUAL_TOKENS = 2_000;

function parsed<T extends { usage?: z.infer<typeof Usage> }>(schema: z.ZodType<T>, answer: unknown, text: string): T {
  const { data } = schema.safeParse(answer);
  if (data === undefined) {
    throw new ProviderError('BadOutput', 'the module answers with another shape', { possiblyPaid: true });
  }
  if (data.usage && isTooFewFor(text, data.usage)) {
    throw new ProviderError('ContextTooLong', `only ${data.usage.inputTokens} tokens of the text were read`, data);
  }
  return data;
}

async function load(settings: ModuleProviderSettings): Promise<Made> {
  const { name, model, apiKey, maxSummaryWords, timeoutMs, options = {} } = settings;
  const exported: unknown = await import(pathToFileURL(settings.module).href);
  const chosen = Loaded.parse(exported).default;
  const given: ModuleSettings = { name, model, apiKey, maxSummaryWords, timeoutMs, options };
  const made: unknown =
    typeof chosen === 'function' ? await (chosen as (given: ModuleSettings) => unknown)(given) : chosen;
  if (!isMade(made)) throw new TypeError('its default export is neither a provider nor a function that makes one');
  return made;
}

/** A module that does not look at its signal is not waited for. */
async function withinLimits<T>(answer: Promise<T>, limits: AbortSignal): Promise<T> {
  let stop = () => undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => {
      reject(new Error('too late'));
      return undefined;
    };
  });
  limits.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([answer, aborted]);
  } finally {
    limits.removeEventListener('abort', stop);
  }
}
