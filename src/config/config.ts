import { existsSync, readFileSync } from 'node:fs';
import { homedir, hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { ConfigError, parseConfig, type Config } from './config-schema.js';
import type { ProviderConfig } from './provider-schema.js';

/**
 * Reads `understudy.yaml` in the working directory, or the file that `UNDERSTUDY_CONFIG` names; without one, the
 * built-in default.
 * @throws ConfigError
 */
export function loadConfig(): Config {
  const named = variable('UNDERSTUDY_CONFIG');
  const file = named ?? 'understudy.yaml';
  if (existsSync(file)) return configFrom(file);
  if (named !== undefined) throw new ConfigError(`${named}: no such file (UNDERSTUDY_CONFIG names it)`);
  return parseConfig('', 'the built-in default');
}

/** @throws ConfigError for a file that is not there, or not one of ours */
export function configFrom(file: string): Config {
  return parseConfig(read(file), file);
}

/** Where the configuration comes from, for the person. */
export function configSource(): string {
  const file = variable('UNDERSTUDY_CONFIG') ?? 'understudy.yaml';
  return existsSync(file) ? file : 'the built-in default';
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new ConfigError(
      `${file}: ${code === 'EISDIR' ? 'expected a file, it is a directory' : (code ?? String(error))}`,
    );
  }
}

/** An empty variable counts as unset: that is how compose files pass on what nobody set. */
export function variable(name: string): string | undefined {
  const value = process.env[name]?.trim();
  return value === '' ? undefined : value;
}

/**
 * Whose the files of this worker are. `UNDERSTUDY_HOST` names it where the machine's own name does not last, as that of a
 * container with a volume.
 */
export function hostName(): string {
  return (variable('UNDERSTUDY_HOST') ?? hostname()).slice(0, MAX_HOST_CHARS);
}

const MAX_HOST_CHARS = 200;

/** The key of a provider from the worker's own environment; undefined when it has none or needs none. */
function apiKeyOf(settings: ProviderConfig): string | undefined {
  if (!('apiKeyEnv' in settings) || settings.apiKeyEnv === undefined) return undefined;
  const alias = settings.apiKeyEnv === 'HF_API_TOKEN' ? variable('HF_TOKEN') : undefined; // as the vendor's tools call it
  return variable(settings.apiKeyEnv) ?? alias;
}

/** A secret of this worker's environment, by the name that a schedule gives; undefined when it has none. */
export function secretOf(name: string): string | undefined {
  return variable(name);
}

/** A provider's settings with what only this process knows: its key, and values of headers from the environment. */
export function withSecrets<T extends ProviderConfig>(settings: T) {
  return { ...settings, apiKey: apiKeyOf(settings), headers: headersOf(settings) };
}

function headersOf(settings: ProviderConfig) {
  if (!('headers' in settings) || settings.headers === undefined) return undefined;
  const values = Object.entries(settings.headers).map(
    ([name, value]) =>
      [name, typeof value === 'string' ? value : { env: value.env, secret: variable(value.env) }] as const,
  );
  return Object.fromEntries(values);
}

/** @returns the variable to set, of the key or else of a header; undefined when the provider can be asked from here */
export function missingKeyOf(settings: ProviderConfig): string | undefined {
  if ('apiKeyEnv' in settings && settings.apiKeyEnv !== undefined && apiKeyOf(settings) === undefined)
    return settings.apiKeyEnv;
  const headers = 'headers' in settings ? Object.values(settings.headers ?? {}) : [];
  const missing = headers.find((value) => typeof value !== 'string' && variable(value.env) === undefined);
  return typeof missing === 'object' ? missing.env : undefined;
}

/** How a worker tells of itself, by what the environment says. */
export function telemetryEnvironment() {
  return {
    /** `json` or anything else. */
    logFormat: variable('LOG_FORMAT'),
    logLevel: variable('LOG_LEVEL'),
    /** In place of the configuration's `metrics.listen`: two workers on one host cannot share a port. */
    metricsListen: variable('UNDERSTUDY_METRICS_LISTEN'),
    /** Whether the standard variables of OpenTelemetry name a place for traces. */
    isTracing: isTracing(),
    /** Whether spans hold texts and answers too. Never, unless somebody says so. */
    tracesContent: /^(true|span_only|span_and_event)$/i.test(
      variable('OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT') ?? '',
    ),
    /** The caller's, as W3C Trace Context has it. */
    traceparent: variable('TRACEPARENT'),
  };
}

function isTracing(): boolean {
  if (variable('OTEL_SDK_DISABLED')?.toLowerCase() === 'true') return false;
  const exporter = variable('OTEL_TRACES_EXPORTER');
  if (exporter !== undefined) return exporter.split(',').some((each) => each.trim() === 'otlp');
  return ['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'].some(
    (name) => variable(name) !== undefined,
  );
}

/** What a child process may know: enough to run and to reach the network, and no key. */
const FOR_CHILDREN = [
  ...['PATH', 'HOME', 'TMPDIR', 'LANG', 'XDG_CACHE_HOME', 'GOPATH', 'GOCACHE', 'GOMODCACHE', 'GOPROXY', 'GOFLAGS'],
  ...['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'SSL_CERT_FILE', 'SSL_CERT_DIR'],
];

/** Where the command line finds things on this machine. */
export function machine() {
  return {
    temporalCliPath: variable('TEMPORAL_CLI_PATH'),
    searchPath: variable('PATH'),
    /** Where the embedded server keeps its history. */
    home: resolve(variable('UNDERSTUDY_HOME') ?? '.understudy'),
    cacheDir: join(variable('XDG_CACHE_HOME') ?? join(homedir(), '.cache'), 'understudy'),
    childEnv: Object.fromEntries(FOR_CHILDREN.map((name) => [name, process.env[name]])),
  };
}

/** Whether gRPC's own client goes through a proxy to a server, so that the way to the server itself says nothing. */
export function reachesThroughProxy(): boolean {
  return ['grpc_proxy', 'https_proxy', 'http_proxy'].some((name) => variable(name) !== undefined);
}

/** The environment for Temporal's envconfig, where an empty `TEMPORAL_API_KEY` would turn TLS on. */
export function temporalEnvironment(): Record<string, string> {
  const names = Object.keys(process.env).filter((name) => name.startsWith('TEMPORAL_'));
  return Object.fromEntries(names.map((name) => [name, variable(name)] as const).filter(isSet));
}

function isSet(entry: readonly [string, string | undefined]): entry is [string, string] {
  return entry[1] !== undefined;
}
