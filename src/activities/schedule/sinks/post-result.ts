import { createHash } from 'node:crypto';
import { fetch } from 'undici';
import { EndpointError, failedStatus } from '../../../domain/schedule/endpoint-error.js';
import type { Delivery } from '../../../domain/schedule/delivery.js';
import type { Sink } from '../../../domain/schedule/recurring.js';
import { oneLine } from '../../../domain/text.js';
import { retryAfterMs } from '../../../http/retry-after.js';
import { webhookSignature } from '../../../http/webhook-signature.js';
import { basicAuth, withoutCredentials } from '../web/credentials.js';
import { httpFailure } from '../web/http-failure.js';
import { WHOLE_ANSWER_LIMIT_MS } from '../web/get.js';
import type { Web } from '../web/web.js';

export interface Post {
  webhook: Extract<Sink, { kind: 'webhook' }>;
  delivery: Delivery;
}

interface Surroundings {
  web: Web;
  signal: AbortSignal;
}

/** Statuses that are about this one result: the others may still be accepted. */
const ABOUT_THE_RESULT = [400, 409, 413, 415, 422];

const ACCEPTED_REMEMBERED = 20_000;
/**
 * What webhooks have accepted from this worker: a run that fails at one result, and the next that begins where it began,
 * do not post the others again.
 */
const ACCEPTED = new Set<string>();

function rememberAccepted(name: string): void {
  const [oldest] = ACCEPTED;
  if (ACCEPTED.size >= ACCEPTED_REMEMBERED && oldest !== undefined) ACCEPTED.delete(oldest);
  ACCEPTED.add(name);
}

/**
 * Sends one result, signed as the Standard Webhooks specification says (https://www.standardwebhooks.com): HMAC-SHA256
 * over `<id>.<timestamp>.<body>`; what this worker has delivered before is not sent again. A receiver tells repetitions by `webhook-id`, which is also the `idempotency-key`.
 * @throws EndpointError
 */
export async function postResult({ webhook, delivery }: Post, { web, signal }: Surroundings): Promise<void> {
  const { url, secretEnv } = webhook;
  const what = `the webhook at ${new URL(url).origin}`; // many services keep their secret in the path
  const secret = secretEnv === undefined ? undefined : web.signingSecret(secretEnv, what);
  const { id } = delivery;
  const body = JSON.stringify(delivery);
  const accepted = createHash('sha256').update(`${url}\n${body}`).digest('base64url');
  if (ACCEPTED.has(accepted)) return;
  const timestamp = String(Math.floor(Date.now() / 1_000));
  const limit = AbortSignal.timeout(WHOLE_ANSWER_LIMIT_MS);
  try {
    const response = await fetch(withoutCredentials(url), {
      method: 'POST',
      redirect: 'manual',
      body,
      headers: {
        'content-type': 'application/json',
        'user-agent': web.userAgent,
        ...basicAuth(url),
        'idempotency-key': id,
        'webhook-id': id,
        'webhook-timestamp': timestamp,
        ...(secret !== undefined && { 'webhook-signature': webhookSignature(secret, id, timestamp, body) }),
      },
      dispatcher: web.dispatcher,
      signal: AbortSignal.any([signal, limit]),
    });
    await response.body?.cancel();
    const { status } = response;
    if (response.ok) {
      rememberAccepted(accepted);
      return;
    }
    if (ABOUT_THE_RESULT.includes(status))
      throw new EndpointError('ResultRefused', `${what} answers ${status} to ${oneLine(id)}`);
    if (status >= 400 && status < 500 && ![401, 404, 407, 408, 410, 425, 429].includes(status))
      throw new EndpointError('Forbidden', `${what} answers ${status} to ${oneLine(id)}`);
    throw failedStatus(status, what, retryAfterMs(new Headers([...response.headers]), Date.now()));
  } catch (error) {
    signal.throwIfAborted();
    if (limit.aborted) throw new EndpointError('Unreachable', `${what}: no answer in ${WHOLE_ANSWER_LIMIT_MS} ms`);
    throw httpFailure(error, what);
  }
}
