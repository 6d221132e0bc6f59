import { ConfigError, type Encryption } from './config-schema.js';
import { secretOf } from './config.js';

/** A key of AES-256, by the id that stands beside everything that it encrypted. */
export interface EncryptionKey {
  id: string;
  /** 32 bytes. */
  secret: Buffer;
}

const KEY_BYTES = 32;
const HEX = /^[0-9a-f]{64}$/i;
const BASE64 = /^[A-Za-z0-9+/_-]{43}=?$/;
const HOW = `expected ${KEY_BYTES} bytes in base64 or hex, as from: openssl rand -base64 ${KEY_BYTES}`;

/**
 * The keys that the configuration names, from this process's environment, in its order.
 * @throws ConfigError for the first that is not there or is no key; names its variable, and never says what it holds
 */
export function encryptionKeys({ keys }: Encryption): EncryptionKey[] {
  return keys.map(({ id, env }) => {
    const value = secretOf(env);
    if (value === undefined) throw new ConfigError(`encryption key ${id}: ${env} is not set; ${HOW}`);
    const secret = keyIn(value);
    if (secret === undefined) throw new ConfigError(`encryption key ${id}: ${env} does not hold a key; ${HOW}`);
    return { id, secret };
  });
}

function keyIn(value: string): Buffer | undefined {
  if (HEX.test(value)) return Buffer.from(value, 'hex');
  return BASE64.test(value) ? Buffer.from(value, 'base64') : undefined; // Node reads both alphabets
}
