import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { FailureKind } from '../../src/domain/failure.js';
import { ANALYZE_TASKS as TASKS } from '../../src/domain/analyze/analysis.js';
import type { ProviderError } from '../../src/providers/provider.js';
import { refusingUrl, startFakeProviders, type FakeProviders } from '../support/fake-providers.js';
import type { FaultName } from '../support/faults.js';
import { KEY, outcomeOf, TEXT, VENDOR_NAMES, vendor } from './vendors.js';

interface Expected {
  kind: FailureKind | 'ok';
  /** Where a pipeline has no such thing and sends an error inside a 200. */
  pipelineKind?: FailureKind;
  retryAfterMs?: [from: number, to: number];
  billed?: true;
  message?: RegExp;
}

const EXPECTED: Record<FaultName, Expected> = {
  ok: { kind: 'ok', billed: true },
  '400': { kind: 'BadRequest', message: /^400 Invalid value for a parameter$/ },
  '401': { kind: 'Auth', message: /^401 invalid API key \(set TEST_API_KEY\)$/ },
  '402': { kind: 'QuotaExhausted', message: /^402 Payment required, key \[key\]$/ },
  '403': { kind: 'Auth', message: /^403 access denied \(check TEST_API_KEY\)$/ },
  '404': { kind: 'BadRequest', message: /^404 The model does not exist$/ },
  '409': { kind: 'Unavailable' },
  '413': { kind: 'ContextTooLong' },
  '422': { kind: 'BadRequest', message: /^422 Cannot process the input: \[text\] \(key \[key\]\)$/ },
  '429': { kind: 'RateLimited' },
  '429-retry-after': { kind: 'RateLimited', retryAfterMs: [3000, 3000] },
  '429-retry-after-date': { kind: 'RateLimited', retryAfterMs: [2000, 5000] },
  '429-retry-after-ms': { kind: 'RateLimited', retryAfterMs: [1500, 1500] },
  '429-reset': { kind: 'RateLimited', retryAfterMs: [2000, 2000] },
  '429-insufficient-quota': { kind: 'QuotaExhausted' },
  '500': { kind: 'Unavailable', message: /^500 The server had an error$/ },
  '502-html': { kind: 'Unavailable', message: /^502 Bad Gateway$/ },
  '503': { kind: 'Unavailable' },
  '503-loading': { kind: 'Unavailable', retryAfterMs: [4500, 4500] },
  reset: { kind: 'Unavailable', message: /connection/ },
  hang: { kind: 'Timeout', message: /^no full answer in 300 ms$/ },
  'slow-first-byte': { kind: 'Timeout', billed: true },
  'byte-a-second': { kind: 'Timeout', billed: true },
  'half-body': { kind: 'Unavailable', billed: true, message: /closed before the whole answer came/ },
  'close-after': { kind: 'ok', billed: true },
  'invalid-json': { kind: 'BadOutput', message: /not JSON/ },
  'wrong-content-type': { kind: 'ok', billed: true },
  'huge-body': { kind: 'BadOutput', message: /larger than 256 KiB/ },
  'error-in-ok': { kind: 'Unavailable', message: /^200 with an error inside: upstream failed$/ },
  html: { kind: 'BadOutput', message: /HTML/ },
  'null-body': { kind: 'BadOutput' },
  'empty-body': { kind: 'BadOutput', message: /empty body/ },
  'empty-choices': { kind: 'BadOutput', billed: true },
  'empty-answer': { kind: 'BadOutput', billed: true },
  'unknown-label': { kind: 'BadOutput', billed: true },
  'cut-off': { kind: 'BadOutput', billed: true },
  'content-filter': { kind: 'Refused', pipelineKind: 'BadOutput', billed: true },
  refusal: { kind: 'Refused', pipelineKind: 'BadOutput', billed: true },
  '400-content-policy': { kind: 'Refused' },
  'context-too-long': { kind: 'ContextTooLong' },
  redirect: { kind: 'BadRequest', message: /^307 answers with a redirect; set baseUrl$/ },
};

const SHORT_TIMEOUT = new Set(['hang', 'slow-first-byte', 'byte-a-second']);

let fake: FakeProviders;
beforeAll(async () => {
  fake = await startFakeProviders();
});
afterAll(() => fake.close());

describe.each(VENDOR_NAMES)('%s', (name) => {
  describe.each(TASKS)('%s', (task) => {
    it.each(Object.entries(EXPECTED))('%s', async (fault, { kind, pipelineKind, retryAfterMs, billed, message }) => {
      const provider = vendor(name, fake, SHORT_TIMEOUT.has(fault) ? { timeoutMs: 300 } : { timeoutMs: 10_000 });
      const before = fake.log.length;
      fake.script(provider.name, [fault as FaultName]);
      const outcome = await outcomeOf(provider, task);

      const arrived = fake.log.slice(before);
      expect(arrived).toEqual([expect.objectContaining({ name: provider.name, task, authorized: true })]);
      if (kind === 'ok') {
        expect(outcome).toHaveProperty('value');
        return;
      }

      const expectedKind = name === 'huggingface' ? (pipelineKind ?? kind) : kind;
      expect(outcome).toMatchObject({ name: 'ProviderError', kind: expectedKind });
      const failure = outcome as ProviderError;
      if (message !== undefined) expect(failure.message).toMatch(message);
      expect(failure.message).toMatch(/^.{5,300}$/);
      expect(failure.message).not.toContain(KEY.slice(0, 12));
      expect(failure.message).not.toContain(TEXT.slice(0, 12));
      expect(failure).not.toHaveProperty('cause');
      expect(failure.retryAfterMs ?? -1).toBeGreaterThanOrEqual(retryAfterMs?.[0] ?? -1);
      expect(failure.retryAfterMs ?? -1).toBeLessThanOrEqual(retryAfterMs?.[1] ?? -1);
      if (!SHORT_TIMEOUT.has(fault)) expect(arrived[0]?.billed).toBe(billed ?? false);
    });
  });
});

describe('without an answer', () => {
  it.each(VENDOR_NAMES)('%s: a refused connection is Unavailable', async (name) => {
    const baseUrl = await refusingUrl();
    const outcome = await outcomeOf(vendor(name, fake, { baseUrl }), 'summarize');
    expect(outcome).toMatchObject({ kind: 'Unavailable', message: 'connection refused (ECONNREFUSED)' });
  });

  it.each(VENDOR_NAMES)('%s: an unknown host is Unavailable', async (name) => {
    const provider = vendor(name, fake, { baseUrl: 'http://no-such-host.invalid', timeoutMs: 15_000 });
    const outcome = await outcomeOf(provider, 'sentiment');
    expect(outcome).toMatchObject({ kind: 'Unavailable', message: expect.stringMatching(/^host name/) });
  });

  it.each(VENDOR_NAMES)('%s: a failed TLS handshake is Unavailable', async (name) => {
    const provider = vendor(name, fake, { baseUrl: fake.url.replace('http:', 'https:') });
    const outcome = await outcomeOf(provider, 'summarize');
    expect(outcome).toMatchObject({ kind: 'Unavailable', message: expect.stringMatching(/^no TLS connection/) });
  });
});
