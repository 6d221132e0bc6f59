import { fileURLToPath } from 'node:url';
import type { DataConverter, LoadedDataConverter, Payload } from '@temporalio/common';
import type { Config } from '../../config/config-schema.js';
import { encryptionKeys, type EncryptionKey } from '../../config/encryption-keys.js';
import { encryptionCodec, keylessCodec } from './encryption-codec.js';

/** Built, whoever asks: workers hand it to `require`, which knows no TypeScript. */
const CONVERTERS = fileURLToPath(new URL('../../../dist/temporal/codec/converters.cjs', import.meta.url));

/**
 * How what is sent to the Temporal server is written, and how what comes from there is read: with the keys of the
 * configuration's `encryption`; without, as the SDK does, but that what a run cannot read does not hold it up.
 * @param who a worker acts only on what is encrypted; a client also shows what was there before encryption was on
 * @throws ConfigError when a key is missing: before anything is sent
 */
export function dataConverterFor({ encryption }: Pick<Config, 'encryption'>, who: 'worker' | 'client'): DataConverter {
  const plain = who === 'worker' ? { payloadConverterPath: CONVERTERS } : {};
  if (encryption === undefined) return who === 'client' ? { payloadCodecs: [keylessCodec] } : plain;
  const [first, ...more] = encryptionKeys(encryption);
  if (first === undefined) return plain; // the schema wants one
  const keys: [EncryptionKey, ...EncryptionKey[]] = [first, ...more];
  if (who === 'client') return { payloadCodecs: [encryptionCodec(keys, 'accept')] };
  return {
    payloadCodecs: [encryptionCodec(keys, encryption.plain)],
    failureConverterPath: CONVERTERS,
    payloadConverterPath: CONVERTERS,
  };
}

/** Reads a payload as it stands in a history that was fetched undecoded. @throws SetupError when it cannot be decrypted */
export async function valueIn(
  { payloadCodecs, payloadConverter }: LoadedDataConverter,
  payload: Payload,
): Promise<unknown> {
  let payloads = [payload];
  for (const codec of [...payloadCodecs].reverse()) payloads = await codec.decode(payloads);
  const [decoded = payload] = payloads;
  return payloadConverter.fromPayload<unknown>(decoded);
}
