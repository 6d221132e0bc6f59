import { ProviderError } from '../provider.js';

/** How to reach a vendor, as far as all that are asked over HTTP have it in common. */
export interface Connection {
  /** Undefined with an `apiKeyEnv`: the key is missing. Undefined without one: the vendor wants none. */
  apiKey: string | undefined;
  /** The environment variable that holds the key, for a person to set. */
  apiKeyEnv?: string | undefined;
  /** More headers of each request, by name. */
  headers?: Readonly<Record<string, HeaderValue>> | undefined;
  /** For the whole answer, from the first byte sent to the last received. */
  timeoutMs: number;
}

/** A header's value as it stands, or one from the environment: as secret as a key. `secret` undefined: it is not set. */
type HeaderValue = string | { env: string; secret: string | undefined };

/** What the connection must not tell anybody but the vendor. */
export function secretsOf({ apiKey, headers = {} }: Connection): string[] {
  const fromEnvironment = Object.values(headers).map((value) => (typeof value === 'string' ? undefined : value.secret));
  return [apiKey, ...fromEnvironment].filter((secret): secret is string => secret !== undefined && secret !== '');
}

/** How a vendor wants its key. */
export type Scheme = 'bearer' | 'x-api-key';

/**
 * All the headers of a request that are ours to say.
 * @throws ProviderError `Auth` without a key, or with one that no header can carry
 */
export function headersOf(connection: Connection, scheme: Scheme): Record<string, string> {
  const { apiKey, apiKeyEnv, headers = {} } = connection;
  if (apiKey === undefined && apiKeyEnv !== undefined) throw refused(`no API key (set ${apiKeyEnv})`);
  const all: Record<string, string> = {
    accept: 'application/json',
    'accept-encoding': 'identity',
    'content-type': 'application/json',
    'user-agent': 'understudy',
  };
  if (apiKey !== undefined) {
    if (!/^[\x21-\x7e]+$/.test(apiKey)) {
      throw refused(`the API key is empty or holds characters no key has${hint('set', apiKeyEnv)}`);
    }
    if (scheme === 'bearer') all.authorization = `Bearer ${apiKey}`;
    else all['x-api-key'] = apiKey;
  }
  for (const [name, value] of Object.entries(headers)) all[name.toLowerCase()] = valueOf(name, value);
  return all;
}

function valueOf(name: string, value: HeaderValue): string {
  const sent = typeof value === 'string' ? value : value.secret;
  if (sent === undefined)
    throw refused(`no value for the header ${name}${typeof value === 'string' ? '' : hint('set', value.env)}`);
  if (/^[\x20-\x7e]*$/.test(sent)) return sent;
  throw refused(
    `the header ${name} holds characters that no header can carry${typeof value === 'string' ? '' : hint('set', value.env)}`,
  );
}

function refused(message: string): ProviderError {
  return new ProviderError('Auth', message, { neverSent: true });
}

/** What a person can do about a key. */
export function hint(verb: 'set' | 'check', variable: string | undefined): string {
  return ` (${verb} ${variable ?? 'apiKeyEnv'})`;
}
