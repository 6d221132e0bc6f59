import { createHmac } from 'node:crypto';

/**
 * The header `webhook-signature` as Standard Webhooks have it (https://www.standardwebhooks.com): HMAC-SHA256 over
 * `<id>.<timestamp>.<body>`.
 * @param secret `whsec_` and base64, or any text
 * @param timestamp in seconds since the epoch, as in `webhook-timestamp`
 */
export function webhookSignature(secret: string, id: string, timestamp: string, body: string): string {
  const key = secret.startsWith('whsec_') ? Buffer.from(secret.slice(6), 'base64') : Buffer.from(secret);
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
}
