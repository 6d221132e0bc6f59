import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parseDocument, type Document } from 'yaml';
import { z } from 'zod';
import { metrics, notices, type Metrics, type NoticeTarget } from './telemetry-schema.js';
import { describedIssues, unknownNames } from './config-issues.js';
import type { OnRefusal } from '../domain/failover/plan.js';
import { taskName, type Task } from '../domain/task.js';
import { cannotAnswer, tasks as tasksSchema, type TaskConfig } from './task-schema.js';
import {
  BUILT_IN_PROVIDERS,
  environmentVariable,
  local,
  provider,
  providerName,
  type ProviderConfig,
} from './provider-schema.js';

/** A configuration that cannot be used. The message names the file, the path of the key, and what was expected. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

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
const providerNames = z.array(z.string()).min(1, 'expected at least one provider');
const route = z.preprocess(
  (value) => (Array.isArray(value) ? { providers: value as unknown } : value),
  z.strictObject({ providers: providerNames, onRefusal: z.enum(['stop', 'switch']).default('stop') }),
);

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
  /** `summarize` and `sentiment` are always among them. */
  tasks: Record<Task, TaskConfig>;
  maxSummaryWords: number;
  /**
   * `root`: the folder that holds all files a worker reads and writes for others. Absolute. `shared`: every worker sees the
   * same folder; otherwise what a host has opened stays with it.
   * @default shared: false
   */
  files: { root: string; shared: boolean };
  network: NetworkConfig;
  /** undefined: what the Temporal server keeps, it can read */
  encryption?: Encryption | undefined;
  /** Where Prometheus finds what this worker counts; undefined: nowhere */
  metrics?: Metrics | undefined;
  notices: NoticeTarget[];
}

const BUILT_IN_ROUTES = { summarize: ['openai', 'huggingface'], sentiment: ['huggingface', 'openai'] };
/** A summary of summaries is one; a sentiment is judged whole. */
const BUILT_IN_TASKS = { summarize: { split: true }, sentiment: {} };

/** What the file says key by key over what is there without it; what it sets to null is gone. */
function merged(builtIn: object, value: unknown): unknown {
  if (value === undefined || value === null) return builtIn;
  if (typeof value !== 'object' || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries({ ...builtIn, ...value }).filter(([, each]) => each !== null));
}

/** A built-in task that is told an instruction stays what it is: a summary in other words is still one of summaries. */
function withBuiltInTasks(value: unknown): unknown {
  const all = merged(BUILT_IN_TASKS, value);
  if (typeof all !== 'object' || all === null || Array.isArray(all)) return all;
  const each = Object.entries(all).map(([name, given]: [string, unknown]) => [
    name,
    Object.hasOwn(BUILT_IN_TASKS, name) ? merged(BUILT_IN_TASKS[name as 'summarize'], given) : given,
  ]);
  return Object.fromEntries(each) as unknown;
}

/** A built-in provider that is told a model or an address keeps its kind alone: its price and limits are of its own one. */
function withBuiltInProviders(value: unknown): unknown {
  const all = merged(BUILT_IN_PROVIDERS, value);
  if (typeof all !== 'object' || all === null || Array.isArray(all)) return all;
  const each = Object.entries(all).map(([name, given]: [string, unknown]) => {
    const builtIn = Object.hasOwn(BUILT_IN_PROVIDERS, name) ? BUILT_IN_PROVIDERS[name as 'openai'] : undefined;
    if (!builtIn || typeof given !== 'object' || given === null || Array.isArray(given)) return [name, given];
    const { kind = builtIn.kind, ...settings } = given as { kind?: unknown };
    const isElsewhere = kind !== builtIn.kind || ['baseUrl', 'model', 'models'].some((key) => key in settings);
    return [name, isElsewhere ? { kind, ...settings } : { ...builtIn, ...settings }];
  });
  return Object.fromEntries(each) as unknown;
}

export const configSchema = z
  .strictObject({
    providers: z.preprocess(withBuiltInProviders, z.record(providerName, provider)),
    routes: z.preprocess((value) => merged(BUILT_IN_ROUTES, value), z.record(taskName(), route)),
    tasks: z.preprocess(withBuiltInTasks, tasksSchema),
    maxSummaryWords: z.int().min(5).max(1_000).default(60),
    encryption: encryption.optional(),
    metrics: metrics.optional(),
    notices: notices.prefault([]),
    network: network.prefault({}),
    files: z
      .strictObject({
        root: z
          .string()
          .min(1)
          .default('.')
          .transform((path) => resolve(path)),
        shared: z.boolean().default(false),
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
    for (const issue of tasksWithoutRoute(value)) issues.push({ code: 'custom', ...issue });
  });

/** A task and its route belong together, and who is on it has to be able to answer. */
function tasksWithoutRoute({ tasks, routes, providers }: Config) {
  const known = Object.keys(tasks);
  const issues: { path: PropertyKey[]; message: string; input: unknown }[] = [];
  for (const task of known) {
    if (!Object.hasOwn(routes, task)) {
      issues.push({
        path: ['tasks', task],
        message: `expected a route: routes.${task}: [names of providers]`,
        input: {},
      });
    }
    for (const name of Object.keys(tasks[task]?.perProvider ?? {})) {
      if (Object.hasOwn(providers, name)) continue;
      const message = `expected one of the providers ${Object.keys(providers).join(', ')}`;
      issues.push({ path: ['tasks', task, 'perProvider', name], message, input: name });
    }
  }
  for (const [task, route] of Object.entries(routes)) {
    if (!known.includes(task)) {
      const message = `expected one of the tasks ${known.join(', ')}; define it under tasks`;
      issues.push({ path: ['routes', task], message, input: task });
      continue;
    }
    for (const [index, name] of route.providers.entries()) {
      const settings = providers[name];
      const why = settings && cannotAnswer(task, name, settings, tasks[task]);
      if (why !== undefined) issues.push({ path: ['routes', task, index], message: why, input: name });
    }
  }
  return issues;
}

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
  if (result.success) return withModules(result.data, file);
  const mistakes = describedIssues(result.error.issues, configSchema);
  const builtIn = {
    providers: ['local', ...Object.keys(BUILT_IN_PROVIDERS)],
    tasks: Object.keys(BUILT_IN_TASKS),
  };
  const isTold = (line: string) => mistakes.some((mistake) => mistake.startsWith(line.slice(0, line.indexOf(':'))));
  const routed = unknownNames(value, builtIn).filter((line) => !isTold(line));
  throw new ConfigError([...mistakes, ...routed].map((line) => `${file}: ${line}`).join('\n'));
}

/** A module is named relative to the file that names it. @throws ConfigError for one that is not there */
function withModules(config: Config, file: string): Config {
  const providers = Object.entries(config.providers).map(([name, provider]): [string, ProviderConfig] => {
    if (provider.kind !== 'module') return [name, provider];
    const path = resolve(dirname(file), provider.module);
    if (!existsSync(path)) throw new ConfigError(`${file}: providers.${name}.module: no such file`);
    return [name, { ...provider, module: path }];
  });
  return { ...config, providers: Object.fromEntries(providers) };
}

function valueOf(document: Document, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    throw new ConfigError(`${file}: ${error instanceof Error ? error.message : String(error)}`); // a bad alias
  }
}
