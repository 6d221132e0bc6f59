import { describe, expect, it } from '@jest/globals';
import { MAX_REST_MS, rateLimitResetMs, restInWords, retryAfterMs } from '../../src/http/retry-after.js';

const NOW = Date.parse('2026-08-01T12:00:00Z');

describe('retryAfterMs', () => {
  it.each<[Record<string, string>, number | undefined]>([
    [{}, undefined],
    [{ 'retry-after': '20' }, 20_000],
    [{ 'retry-after': '0' }, 0],
    [{ 'retry-after': '1.5' }, 1_500],
    [{ 'retry-after-ms': '250' }, 250],
    [{ 'retry-after-ms': '250', 'retry-after': '1' }, 250],
    [{ 'retry-after-ms': 'soon', 'retry-after': '1' }, 1_000],
    [{ 'retry-after': 'Sat, 01 Aug 2026 12:00:30 GMT' }, 30_000],
    [{ 'retry-after': 'Saturday, 01-Aug-26 12:00:30 GMT' }, 30_000],
    [{ 'retry-after': 'Sat Aug  1 12:00:30 2026' }, 30_000],
    [{ 'retry-after': '2026-08-01T12:00:30Z' }, 30_000],
    [{ 'retry-after': 'Sat, 01 Aug 2026 11:00:00 GMT' }, 0],
    [{ 'retry-after': '31536000' }, 31_536_000_000],
    [{ 'retry-after': '-5' }, undefined],
    [{ 'retry-after': 'later' }, undefined],
    [{ 'retry-after': '' }, undefined],
    [{ 'retry-after': '1e9' }, undefined],
    [{ 'retry-after': '2m30s' }, 150_000],
    [{ 'retry-after': '500ms' }, 500],
    [{ 'retry-after': '9'.repeat(90) }, MAX_REST_MS],
    [{ 'retry-after': '9'.repeat(10_000) }, undefined],
    [{ 'retry-after': '1s'.repeat(10_000) }, undefined],
    [{ 'retry-after-ms': '9'.repeat(99) }, MAX_REST_MS],
    [{ 'retry-after': 'Sat, 99 Aug 2026' }, undefined],
    [{ 'x-ratelimit-reset-requests': '1s' }, undefined],
  ])('%j is %p', (headers, expected) => {
    expect(retryAfterMs(new Headers(headers), NOW)).toBe(expected);
  });
});

describe('rateLimitResetMs', () => {
  it.each<[Record<string, string>, number | undefined]>([
    [{}, undefined],
    [{ requests: '1s' }, 1_000],
    [{ tokens: '6m0s' }, 360_000],
    [{ requests: '20ms' }, 20],
    [{ requests: '7.66s' }, 7_660],
    [{ tokens: '1h2m3s' }, 3_723_000],
    [{ requests: '12' }, 12_000],
    [{ requests: '1s', tokens: '3s' }, 3_000],
    [{ requests: 'tomorrow' }, undefined],
    [{ requests: '-1s' }, undefined],
    [{ requests: '' }, undefined],
    [{ requests: '2026-08-01T12:00:07Z' }, 7_000],
    [{ requests: String(NOW + 9_000) }, 9_000],
    [{ tokens: String(NOW / 1_000 + 9) }, 9_000],
  ])('resets %j are %p', (resets, expected) => {
    const headers = Object.entries(resets).map(([unit, value]): [string, string] => [
      `x-ratelimit-reset-${unit}`,
      value,
    ]);
    expect(rateLimitResetMs(new Headers(headers), NOW)).toBe(expected);
  });

  it('reads only the limit that is used up', () => {
    const headers = new Headers({
      'x-ratelimit-remaining-requests': '0',
      'x-ratelimit-reset-requests': '2s',
      'x-ratelimit-remaining-tokens': '5000',
      'x-ratelimit-reset-tokens': '6m0s',
    });
    expect(rateLimitResetMs(headers, NOW)).toBe(2_000);
  });
});

it.each<[string, number | undefined]>([
  ['Rate limit reached. Please try again in 7.66s. Visit the console', 7_660],
  ['Please try again in 250ms.', 250],
  ['Please retry after 26 seconds.', 26_000],
  ['Please try again in 1m12.5s', 72_500],
  ['Please retry in 2 minutes', 120_000],
  ['try again in 3 hours', 10_800_000],
  ['Please wait 5 s', 5_000],
  ['try again later', undefined],
  ['limit 500, used 499', undefined],
  ['', undefined],
])('the time in %j is %p', (message, expected) => {
  expect(restInWords(message)).toBe(expected);
});

it('reads the one limit of vendors that have one', () => {
  expect(rateLimitResetMs(new Headers({ 'x-ratelimit-reset': String(NOW + 4_000) }), NOW)).toBe(4_000);
});
