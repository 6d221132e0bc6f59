/** The longest rest that is told, in milliseconds: a hundred years. Vendors have named more by mistake. */
export const MAX_REST_MS = 100 * 365 * 86_400_000;

/**
 * How long the provider asks to be left alone. Reads `retry-after-ms` (OpenAI), then `retry-after`: seconds or an HTTP
 * date (RFC 9110, section 10.2.3), or a duration like `2m30s`. Capped at {@link MAX_REST_MS} only: how long is too long
 * is a question for the routing policy.
 * @param nowMs epoch milliseconds, to turn a date into a delay
 * @returns milliseconds from now, at least 0; undefined when no header can be read
 */
export function retryAfterMs(headers: Headers, nowMs: number): number | undefined {
  const milliseconds = nonNegative(headers.get('retry-after-ms'));
  if (milliseconds !== undefined) return bounded(milliseconds);
  const value = headers.get('retry-after');
  const duration = durationMs(value);
  if (duration !== undefined) return bounded(duration);
  const atMs = value === null ? undefined : instantIn(value.trim());
  return atMs === undefined ? undefined : bounded(atMs - nowMs);
}

/**
 * When the limit that a 429 is about is full again, by OpenAI's `x-ratelimit-reset-requests` and `-tokens`, or by the one
 * `x-ratelimit-reset` of others: a duration, or an instant. They stand on every answer, so they mean nothing but on a 429,
 * and there a limit that has something left is not the one that was hit.
 * @param nowMs epoch milliseconds, to turn an instant into a delay
 * @returns milliseconds from now; undefined when no header can be read
 */
export function rateLimitResetMs(headers: Headers, nowMs: number): number | undefined {
  const limits = ['-requests', '-tokens', ''].flatMap((unit) => {
    const resetMs = resetIn(headers.get(`x-ratelimit-reset${unit}`), nowMs);
    return resetMs === undefined ? [] : [{ resetMs, usedUp: headers.get(`x-ratelimit-remaining${unit}`) === '0' }];
  });
  const usedUp = limits.filter((limit) => limit.usedUp);
  const resets = (usedUp.length > 0 ? usedUp : limits).map(({ resetMs }) => resetMs);
  return resets.length > 0 ? Math.max(...resets) : undefined;
}

/** A vendor that names the time in its message alone: "Please try again in 7.66s", "Please retry after 26 seconds". */
const REST_IN_WORDS =
  /\b(?:try again|retry|wait)(?: again)?(?: in| after| for)?:? (\d{1,9}(?:\.\d{1,9})?) ?(ms|milliseconds?|s|sec|seconds?|m|min|minutes?|h|hours?)?(?:(\d{1,2})m)?(?:(\d{1,2}(?:\.\d{1,9})?)s)?\b/i;
const MAX_WORDS = 2_000;

/** @returns milliseconds from now; undefined when the message names no time */
export function restInWords(message: string): number | undefined {
  const [, amount, unit = 's', minutesMore = '0', secondsMore = '0'] =
    REST_IN_WORDS.exec(message.slice(0, MAX_WORDS)) ?? [];
  if (amount === undefined) return undefined;
  const unitMs = /^m(s|illi)/i.test(unit) ? 1 : (UNIT_MS[unit.charAt(0).toLowerCase()] ?? 1_000);
  return bounded(Number(amount) * unitMs + Number(minutesMore) * 60_000 + Number(secondsMore) * 1_000);
}

function bounded(ms: number): number {
  return Math.min(Math.max(0, ms), MAX_REST_MS);
}

/** No number of a header is longer, and nothing longer is read. */
const MAX_HEADER_CHARS = 100;

function nonNegative(value: string | null): number | undefined {
  return value !== null && value.length <= MAX_HEADER_CHARS && /^\d+(\.\d+)?$/.test(value.trim())
    ? Number(value)
    : undefined;
}

/** Date.parse makes a date of almost anything ("-5" is one), so the shape is checked first. */
function instantIn(value: string): number | undefined {
  if (value.length > MAX_HEADER_CHARS) return undefined;
  const isHttpDate = /^[A-Z][a-z]{2,8},? /.test(value);
  if (!isHttpDate && !/^\d{4}-\d\d-\d\dT/.test(value)) return undefined;
  const atMs = Date.parse(isHttpDate && !value.endsWith('GMT') ? `${value} GMT` : value);
  return Number.isNaN(atMs) ? undefined : atMs;
}

/** Numbers above are no durations but instants: of 2001 in seconds, and in milliseconds. */
const EPOCH_S = 1_000_000_000;
const EPOCH_MS = 1_000_000_000_000;

function resetIn(value: string | null, nowMs: number): number | undefined {
  const number = nonNegative(value);
  if (number !== undefined && number >= EPOCH_S) return bounded(number * (number >= EPOCH_MS ? 1 : 1_000) - nowMs);
  const atMs = value === null ? undefined : instantIn(value.trim());
  const ms = atMs === undefined ? durationMs(value) : atMs - nowMs;
  return ms === undefined ? undefined : bounded(ms);
}

const UNIT_MS: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `20ms`, `7.66s`, `6m0s`, `1h2m3s`; a number alone is seconds. */
function durationMs(value: string | null): number | undefined {
  const seconds = nonNegative(value);
  if (seconds !== undefined) return seconds * 1000;
  const said = value?.trim() ?? '';
  if (said.length > MAX_HEADER_CHARS || !/^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(said)) return undefined;
  const parts = [...said.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)];
  return parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (UNIT_MS[unit ?? ''] ?? 0), 0);
}
