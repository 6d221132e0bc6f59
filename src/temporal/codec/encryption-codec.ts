import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import {
  defaultPayloadConverter,
  type Payload,
  type PayloadCodec,
  type SerializationContext,
} from '@temporalio/common';
import proto from '@temporalio/proto';
import type { EncryptionKey } from '../../config/encryption-keys.js';
import { SetupError } from '../setup-error.js';

/** What is done with a payload that nobody encrypted: handed on as it is, or kept from whoever asked for it. */
export type OnPlain = 'accept' | 'refuse';

/** The encoding by which Temporal's Web UI and command line know an encrypted payload. */
const ENCRYPTED = 'binary/encrypted';
/** Marks what stands in for a payload that a worker refuses; `converters.cts` decides where it may stand. */
const REFUSED = 'understudy/refused';
const KEY_ID = 'encryption-key-id';
const NONCE = 'encryption-nonce';

const CIPHER = 'aes-256-gcm';
/** The size that GCM is made for (NIST SP 800-38D, section 8.2). Random ones are safe for 2^32 payloads a key. */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

const REFUSAL = 'not encrypted, and only what is encrypted is taken here (encryption is on)';
const utf8 = (bytes: Uint8Array | null | undefined) => Buffer.from(bytes ?? []).toString();
const { Payload: PayloadMessage } = proto.temporal.api.common.v1;

/**
 * Encrypts payloads whole, their own metadata included, so that nobody without a key reads or changes them.
 * @param keys the first encrypts, all decrypt
 * @throws SetupError, when decoding, for an unknown key, which it names, and for what was changed since it was encrypted
 */
export function encryptionCodec(keys: readonly [EncryptionKey, ...EncryptionKey[]], onPlain: OnPlain): PayloadCodec {
  const [current] = keys;
  const secrets = new Map(keys.map(({ id, secret }) => [id, secret]));

  function decodeOne(payload: Payload, context?: SerializationContext): Payload {
    if (utf8(payload.metadata?.encoding) !== ENCRYPTED) {
      if (onPlain === 'accept') return payload;
      if (context?.type === 'workflow') return standIn();
      throw new SetupError(`a payload is ${REFUSAL}`);
    }
    if (context?.type === 'workflow' && !isOurShape(payload)) return standIn();
    const id = utf8(payload.metadata?.[KEY_ID]);
    const secret = secrets.get(id);
    if (secret === undefined) {
      throw new SetupError(
        `encrypted with the key ${JSON.stringify(id.slice(0, 64))}, which is not among the keys here (${[...secrets.keys()].join(', ')})`,
      );
    }
    return decrypted(payload, { id, secret });
  }

  return {
    encode: (payloads) => Promise.resolve(payloads.map((payload) => encrypted(payload, current))),
    decode: (payloads, context) => Promise.resolve().then(() => payloads.map((payload) => decodeOne(payload, context))),
  };
}

/** Of who has no key at all: sends what it has as it is, and says so of what it cannot read. */
export const keylessCodec: PayloadCodec = {
  encode: (payloads) => Promise.resolve(payloads),
  decode(payloads) {
    const isSealed = payloads.some(({ metadata }) => utf8(metadata?.encoding) === ENCRYPTED);
    if (!isSealed) return Promise.resolve(payloads);
    return Promise.reject(
      new SetupError('encrypted, and the configuration here names no key (see docs/encryption.md)'),
    );
  },
};

/** What was never encrypted here, whatever it calls itself; with another key it may have been. */
function isOurShape({ metadata, data }: Partial<Payload>): boolean {
  const isNamed = (metadata?.[KEY_ID]?.length ?? 0) > 0;
  return isNamed && metadata?.[NONCE]?.length === NONCE_BYTES && (data?.length ?? 0) >= TAG_BYTES;
}

function standIn(): Payload {
  const { metadata, data } = defaultPayloadConverter.toPayload({ [REFUSED]: REFUSAL });
  return { metadata: { ...metadata, [REFUSED]: Buffer.from('1') }, ...(data && { data }) };
}

function encrypted(payload: Payload, { id, secret }: EncryptionKey): Payload {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, secret, nonce, { authTagLength: TAG_BYTES }).setAAD(boundTo(id));
  const data = Buffer.concat([
    cipher.update(PayloadMessage.encode(payload).finish()),
    cipher.final(),
    cipher.getAuthTag(),
  ]);
  return { metadata: { encoding: Buffer.from(ENCRYPTED), [KEY_ID]: Buffer.from(id), [NONCE]: nonce }, data };
}

function decrypted({ metadata, data }: Payload, { id, secret }: EncryptionKey): Payload {
  try {
    const [nonce, sealed] = [Buffer.from(metadata?.[NONCE] ?? []), Buffer.from(data ?? [])];
    if (!isOurShape({ ...(metadata && { metadata }), ...(data && { data }) })) throw new Error('cut');
    const decipher = createDecipheriv(CIPHER, secret, nonce, { authTagLength: TAG_BYTES })
      .setAAD(boundTo(id))
      .setAuthTag(sealed.subarray(-TAG_BYTES));
    return PayloadMessage.decode(Buffer.concat([decipher.update(sealed.subarray(0, -TAG_BYTES)), decipher.final()]));
  } catch {
    throw new SetupError(
      `not what was encrypted with the key ${id}: it was changed since, or the id stands for another key here`,
    );
  }
}

/** What stands beside the ciphertext in the clear and is authenticated with it. */
function boundTo(id: string): Buffer {
  return Buffer.from(`${ENCRYPTED} ${id}`);
}
