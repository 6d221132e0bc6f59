import type { Payload } from '@temporalio/common';
import { z } from 'zod';

/** More than a history has events. */
const MAX_PAYLOADS = 100_000;

const bytes = z
  .string()
  .regex(/^[A-Za-z0-9+/_-]*={0,2}$/)
  .transform((text) => Buffer.from(text, 'base64'));

/** Protobuf's JSON: bytes are base64; what is empty may be left out. */
const request = z.object({
  payloads: z
    .array(z.object({ metadata: z.record(z.string(), bytes).nullish(), data: bytes.nullish() }))
    .max(MAX_PAYLOADS)
    .nullish(),
});

/** The payloads of a request to a codec server. @returns undefined when it is none */
export function payloadsIn(body: string): Payload[] | undefined {
  const { success, data } = request.safeParse(valueOf(body));
  return success
    ? (data.payloads ?? []).map(({ metadata, data }) => ({ metadata: metadata ?? {}, data: data ?? null }))
    : undefined;
}

function valueOf(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** The answer of a codec server. */
export function writtenPayloads(payloads: readonly Payload[]): object {
  const base64 = (bytes: Uint8Array | null | undefined) => Buffer.from(bytes ?? []).toString('base64');
  return {
    payloads: payloads.map(({ metadata, data }) => ({
      metadata: Object.fromEntries(Object.entries(metadata ?? {}).map(([name, value]) => [name, base64(value)])),
      data: base64(data),
    })),
  };
}
