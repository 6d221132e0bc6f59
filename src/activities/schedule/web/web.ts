import type { Dispatcher } from 'undici';
import { EndpointError } from '../../../domain/schedule/endpoint-error.js';
import { guardedAgent } from './guarded-agent.js';

/** What the configuration says under `network`. */
export interface NetworkRules {
  /** Hosts that may be reached though they are not public: names or addresses, with a port or for all of them. */
  allowHosts: readonly string[];
  /** How sources and sinks are told who asks. */
  userAgent: string;
  /** Variables whose values may sign what goes to a webhook, beside those whose names begin with `UNDERSTUDY_WEBHOOK_`. */
  webhookSecrets: readonly string[];
  /** Variables whose values sources may be told, and the hosts that each may be sent to. */
  sourceAuth: Readonly<Record<string, readonly string[]>>;
}

/** How a worker reaches sources and sinks. */
export interface Web {
  /** Connects to addresses that may be asked. */
  dispatcher: Dispatcher;
  userAgent: string;
  /** @throws EndpointError where the variable is not meant for this, or this worker has none */
  signingSecret(name: string, what: string): string;
  /** @returns the header `authorization` @throws EndpointError where the variable is not meant for this host, or is missing */
  authorization(name: string, url: string): string;
}

const WEBHOOK_PREFIX = 'UNDERSTUDY_WEBHOOK_';

/** @param valueOf a variable of this worker's environment; undefined when it has none */
export function webBy(rules: NetworkRules, valueOf: (name: string) => string | undefined): Web {
  function valued(name: string, what: string): string {
    const value = valueOf(name);
    if (value !== undefined) return value;
    throw new EndpointError('SecretMissing', `this worker has no secret for ${what} (set ${name})`);
  }
  return {
    dispatcher: guardedAgent(rules.allowHosts),
    userAgent: rules.userAgent,
    signingSecret(name, what) {
      if (name.startsWith(WEBHOOK_PREFIX) || rules.webhookSecrets.includes(name)) return valued(name, what);
      const how = `network.webhookSecrets: [${name}] in understudy.yaml allows it, or a name with ${WEBHOOK_PREFIX}`;
      throw new EndpointError('NotAllowed', `${name} may not sign for ${what} (${how})`);
    },
    authorization(name, url) {
      const { host, hostname } = new URL(url);
      const hosts = Object.hasOwn(rules.sourceAuth, name) ? (rules.sourceAuth[name] ?? []) : [];
      if (hosts.some((each) => [host, hostname].includes(each.toLowerCase()))) return header(valued(name, host), name);
      const how = `network.sourceAuth: { ${name}: [${host}] } in understudy.yaml allows it`;
      throw new EndpointError('NotAllowed', `${name} may not be sent to ${host} (${how})`);
    },
  };
}

/** @param value `user:password`, a whole header like `Bearer abc`, or a token */
function header(value: string, name: string): string {
  if (!/^[\x20-\x7e]+$/.test(value)) throw new EndpointError('SecretMissing', `${name} holds what no header may hold`);
  if (/^[A-Za-z][\w-]* \S/.test(value)) return value;
  return value.includes(':') ? `Basic ${Buffer.from(value).toString('base64')}` : `Bearer ${value}`;
}
