import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parseDocument, type Document } from 'yaml';
import { z } from 'zod';
import type { OnRefusal } from '../domain/failover/plan.js';
import type { Task } from '../domain/task.js';
import { BUILT_IN_PROVIDERS, local, provider, providerName, type ProviderConfig } from './provider-schema.js';

/** A configuration that cannot be used. The message names the file, the path of the key, and what was expected. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

const providerNames = z.array(z.string()).min(1, 'expected at least one provider');
const route = z.preprocess(
  (value) => (Array.isArray(value) ? { providers: value as unknown } : value),
  z.strictObject({ providers: providerNames, onRefusal: z.enum(['stop', 'switch']).default('stop') }),
);

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
  const result = configSchema.safeParse(valueOf(document, file) ?? {}, { reportInput: true });
  if (result.success) return withModules(result.data, file);
  throw new ConfigError(`${file}: ${result.error.issues.map(describeIssue)[0] ?? 'not a configuration'}`);
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

function describeIssue({ path, message, code, ...issue }: z.core.$ZodIssue): string {
  const at = path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '');
  if (code === 'unrecognized_keys' && 'keys' in issue) {
    return `${[at, issue.keys.join(', ')].filter(Boolean).join('.')}: unknown key`;
  }
  const inner = code === 'invalid_key' && 'issues' in issue ? issue.issues[0]?.message : undefined;
  if (inner !== undefined) return `${at}: ${inner}`;
  const isSecret = path.some((key) => /env$|^headers$/i.test(String(key))); // a key that stands there by mistake
  const input = !isSecret && 'input' in issue && issue.input !== undefined && typeof issue.input !== 'object';
  return `${at || 'top level'}: ${message.replace(/^Invalid input: /, '')}${input ? `, got ${JSON.stringify(issue.input)}` : ''}`;
}
