/**
 * How long the provider asks to be left alone. Reads `retry-after-ms` (OpenAI), then `retry-after`: seconds or an HTTP
 * date (RFC 9110, section 10.2.3). Not capped: how long is too long is a question for the routing policy.
 * @param nowMs epoch milliseconds, to turn a date into a delay
 * @returns milliseconds from now, at least 0; undefined when no header can be read
 */
export function retryAfterMs(headers: Headers, nowMs: number): number | undefined {
  const milliseconds = nonNegative(headers.get('retry-after-ms'));
  if (milliseconds !== undefined) return milliseconds;
  const value = headers.get('retry-after');
  const seconds = nonNegative(value);
  if (seconds !== undefined) return seconds * 1000;
  const atMs = value === null ? undefined : instantIn(value.trim());
  return atMs === undefined ? undefined : Math.max(0, atMs - nowMs);
}

/**
 * When the limit that a 429 is about is full again, by OpenAI's `x-ratelimit-reset-requests` and `-tokens`. They stand on
 * every answer, so they mean nothing but on a 429, and there a limit that has something left is not the one that was hit.
 * @returns milliseconds from now; undefined when no header can be read
 */
export function rateLimitResetMs(headers: Headers): number | undefined {
  const limits = ['requests', 'tokens'].flatMap((unit) => {
    const resetMs = durationMs(headers.get(`x-ratelimit-reset-${unit}`));
    return resetMs === undefined ? [] : [{ resetMs, usedUp: headers.get(`x-ratelimit-remaining-${unit}`) === '0' }];
  });
  const usedUp = limits.filter((limit) => limit.usedUp);
  const resets = (usedUp.length > 0 ? usedUp : limits).map(({ resetMs }) => resetMs);
  return resets.length > 0 ? Math.max(...resets) : undefined;
}

function nonNegative(value: string | null): number | undefined {
  return value !== null && /^\s*\d+(\.\d+)?\s*$/.test(value) ? Number(value) : undefined;
}

/** Date.parse makes a date of almost anything ("-5" is one), so the shape is checked first. */
function instantIn(value: string): number | undefined {
  const isHttpDate = /^[A-Z][a-z]{2,8},? /.test(value);
  if (!isHttpDate && !/^\d{4}-\d\d-\d\dT/.test(value)) return undefined;
  const atMs = Date.parse(isHttpDate && !value.endsWith('GMT') ? `${value} GMT` : value);
  return Number.isNaN(atMs) ? undefined : atMs;
}

const UNIT_MS: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `20ms`, `7.66s`, `6m0s`, `1h2m3s`; a number alone is seconds. */
function durationMs(value: string | null): number | undefined {
  const seconds = nonNegative(value);
  if (seconds !== undefined) return seconds * 1000;
  if (value === null || !/^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(value)) return undefined;
  const parts = [...value.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)];
  return parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (UNIT_MS[unit ?? ''] ?? 0), 0);
}
