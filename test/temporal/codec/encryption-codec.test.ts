import { describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import fc from 'fast-check';
import type { EncryptionKey } from '../../../src/config/encryption-keys.js';
import { encryptionCodec } from '../../../src/temporal/codec/encryption-codec.js';

const key = (id: string): EncryptionKey => ({ id, secret: randomBytes(32) });
const [OLD, NEW] = [key('2026-11'), key('2026-12')];
const codec = encryptionCodec([NEW, OLD], 'refuse');

const bytes = fc.uint8Array({ maxLength: 300 });
const anyPayload: fc.Arbitrary<Payload> = fc.record({
  metadata: fc.dictionary(fc.string({ maxLength: 20 }), bytes, { maxKeys: 4 }),
  data: bytes,
});
const plain = ({ metadata, data }: Payload) => ({
  metadata: Object.fromEntries(Object.entries(metadata ?? {}).map(([name, value]) => [name, [...value]])),
  data: [...(data ?? [])],
});

async function sealed(value: unknown): Promise<Payload> {
  const [payload] = await codec.encode([defaultPayloadConverter.toPayload(value)]);
  if (payload === undefined) throw new Error('nothing was encrypted');
  return payload;
}

describe('the encryption', () => {
  it('gives back every payload as it was, metadata included, and in order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyPayload, { maxLength: 5 }), async (payloads) => {
        const decoded = await codec.decode(await codec.encode(payloads));
        expect(decoded.map(plain)).toEqual(payloads.map(plain));
      }),
    );
  });

  it('leaves nothing of a payload to read, and never writes the same twice', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 6, maxLength: 100 }), async (data) => {
        const payload = { metadata: { encoding: data, title: data }, data };
        const [[first], [second]] = [await codec.encode([payload]), await codec.encode([payload])];
        const written = [...Object.values(first?.metadata ?? {}), first?.data ?? new Uint8Array()];
        expect(written.some((part) => Buffer.from(part).includes(Buffer.from(data)))).toBe(false);
        expect(Object.keys(first?.metadata ?? {}).sort()).toEqual([
          'encoding',
          'encryption-key-id',
          'encryption-nonce',
        ]);
        expect(first?.data).not.toEqual(second?.data);
      }),
    );
  });

  it('refuses a payload of which any bit was turned', async () => {
    const whole = await sealed({ text: 'The delivery was quick.' });
    const parts = ['data', 'encoding', 'encryption-key-id', 'encryption-nonce'];
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...parts), fc.nat(), fc.nat(7), async (part, at, bit) => {
        const turned = { metadata: { ...whole.metadata }, data: Buffer.from(whole.data ?? []) };
        const target = part === 'data' ? turned.data : Buffer.from(whole.metadata?.[part] ?? []);
        target[at % target.length] = (target[at % target.length] ?? 0) ^ (1 << bit);
        if (part !== 'data') turned.metadata[part] = target;
        await expect(codec.decode([turned])).rejects.toThrow(
          /not what was encrypted|not encrypted|encrypted with the key/,
        );
      }),
      { numRuns: 500 },
    );
  });

  it('refuses whatever else calls itself encrypted, and says nothing but that', async () => {
    await fc.assert(
      fc.asyncProperty(anyPayload, async ({ metadata, data }) => {
        const forged = {
          metadata: {
            ...metadata,
            encoding: Buffer.from('binary/encrypted'),
            'encryption-key-id': Buffer.from(NEW.id),
          },
          ...(data && { data }),
        };
        await expect(codec.decode([forged])).rejects.toThrow(`not what was encrypted with the key ${NEW.id}`);
      }),
    );
  });

  it('reads what an earlier key wrote, and writes with the first', async () => {
    const before = encryptionCodec([OLD], 'refuse');
    const payload = defaultPayloadConverter.toPayload('a text');
    expect((await codec.decode(await before.encode([payload]))).map(plain)).toEqual([plain(payload)]);
    await expect(codec.encode([payload]).then((written) => before.decode(written))).rejects.toThrow(
      'encrypted with the key "2026-12", which is not among the keys here (2026-11)',
    );
  });

  it('says of another key by the same id that it is one', async () => {
    const impostor = encryptionCodec([key(NEW.id)], 'refuse');
    await expect(impostor.decode([await sealed('a text')])).rejects.toThrow('the id stands for another key here');
  });

  it('takes what is plain only where it is told to', async () => {
    const payload = defaultPayloadConverter.toPayload('a text');
    await expect(codec.decode([payload])).rejects.toThrow('not encrypted');
    expect(await encryptionCodec([NEW], 'accept').decode([payload])).toEqual([payload]);
  });
});
