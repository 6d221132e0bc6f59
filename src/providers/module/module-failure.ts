import { z } from 'zod';
import { isFailureKind } from '../../domain/failure.js';
import { MAX_REST_MS } from '../../http/retry-after.js';
import { ProviderError } from '../provider.js';
import { vendorMessage, type Untold } from '../wire/vendor-message.js';

const count = z.number().min(0).max(1_000_000_000);

/** A module has no class of ours to throw: an error of this name and shape is one. */
const Thrown = z.object({
  name: z.literal('ProviderError'),
  kind: z.string().refine(isFailureKind),
  message: z.string(),
  retryAfterMs: z
    .number()
    .min(0)
    .transform((ms) => Math.min(ms, MAX_REST_MS))
    .optional()
    .catch(undefined),
  usage: z
    .object({ inputTokens: count.min(1), outputTokens: count })
    .optional()
    .catch(undefined),
  possiblyPaid: z.boolean().optional().catch(undefined),
  neverSent: z.boolean().optional().catch(undefined),
});

/** What a module threw, as one of our failures: whatever it did not mean as one is `BadOutput`, and perhaps paid. */
export function failureOf(error: unknown, untold: Untold): ProviderError {
  const thrown = Thrown.safeParse(error).data;
  if (thrown === undefined) {
    const said = vendorMessage(error instanceof Error ? `${error.name}: ${error.message}` : 'no error', untold);
    return new ProviderError('BadOutput', `the module failed: ${said}`, { possiblyPaid: true });
  }
  const { kind, message, retryAfterMs, usage, possiblyPaid = false, neverSent = false } = thrown;
  const said = vendorMessage(message, untold) || 'the module gives no reason';
  return new ProviderError(kind, said, { retryAfterMs, usage, possiblyPaid: possiblyPaid && !neverSent, neverSent });
}
