import { createHmac } from 'node:crypto';
import { fetch, type Dispatcher } from 'undici';
import { AccessError, failedStatus } from '../../../domain/schedule/access.js';
import type { Delivery, Sink } from '../../../domain/schedule/recurring.js';
import { retryAfterMs } from '../../../http/retry-after.js';
import { basicAuth, withoutCredentials } from '../web/credentials.js';
import { accessFailure } from '../web/access-failure.js';
import { USER_AGENT, WHOLE_ANSWER_LIMIT_MS } from '../web/get.js';

export interface Post {
  webhook: Extract<Sink, { kind: 'webhook' }>;
  delivery: Delivery;
}

interface Surroundings {
  /** The value of a variable of this worker's environment; undefined when it has none. */
  secretOf: (name: string) => string | undefined;
  dispatcher: Dispatcher;
  signal: AbortSignal;
}

/** Statuses that are about this one result: the others may still be accepted. */
const ABOUT_THE_RESULT = [400, 409, 413, 415, 422];

/**
 * Sends one result, signed as the Standard Webhooks specification says (https://www.standardwebhooks.com): HMAC-SHA256
 * over `<id>.<timestamp>.<body>`. A receiver tells repetitions by `webhook-id`, which is also the `idempotency-key`.
 * @throws AccessError
 */
export async function postResult(
  { webhook, delivery }: Post,
  { secretOf, dispatcher, signal }: Surroundings,
): Promise<void> {
  const { url, secretEnv } = webhook;
  const what = `the webhook at ${new URL(url).origin}`; // many services keep their secret in the path
  const secret = secretEnv === undefined ? undefined : secretOf(secretEnv);
  if (secretEnv !== undefined && secret === undefined) {
    throw new AccessError('SecretMissing', `this worker has no secret for ${what} (set ${secretEnv})`);
  }
  const { id } = delivery;
  const body = JSON.stringify(delivery);
  const timestamp = String(Math.floor(Date.now() / 1_000));
  const limit = AbortSignal.timeout(WHOLE_ANSWER_LIMIT_MS);
  try {
    const response = await fetch(withoutCredentials(url), {
      method: 'POST',
      redirect: 'manual',
      body,
      headers: {
        'content-type': 'application/json',
        'user-agent': USER_AGENT,
        ...basicAuth(url),
        'idempotency-key': id,
        'webhook-id': id,
        'webhook-timestamp': timestamp,
        ...(secret !== undefined && { 'webhook-signature': signature(secret, `${id}.${timestamp}.${body}`) }),
      },
      dispatcher,
      signal: AbortSignal.any([signal, limit]),
    });
    await response.body?.cancel();
    const { status } = response;
    if (response.ok) return;
    if (ABOUT_THE_RESULT.includes(status)) throw new AccessError('ResultRefused', `${what} answers ${status} to ${id}`);
    throw failedStatus(status, what, retryAfterMs(new Headers([...response.headers]), Date.now()));
  } catch (error) {
    signal.throwIfAborted();
    if (limit.aborted) throw new AccessError('Unreachable', `${what}: no answer in ${WHOLE_ANSWER_LIMIT_MS} ms`);
    throw accessFailure(error, what);
  }
}

/** @param secret `whsec_` and base64, as the specification has it, or any text */
function signature(secret: string, content: string): string {
  const key = secret.startsWith('whsec_') ? Buffer.from(secret.slice(6), 'base64') : Buffer.from(secret);
  return `v1,${createHmac('sha256', key).update(content).digest('base64')}`;
}
