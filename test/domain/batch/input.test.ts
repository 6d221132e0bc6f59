import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { z } from 'zod';
import { batchInput } from '../../../src/domain/batch/batch.js';
import { batchSource, cursor, opened, outputParts } from '../../../src/domain/batch/batch-page.js';
import { batchState } from '../../../src/domain/batch/batch-state.js';
import { parsedAs } from '../../../src/domain/input.js';
import { deliveries, post } from '../../../src/domain/schedule/delivery.js';
import { memoryState, news } from '../../../src/domain/schedule/memory.js';
import { readRequest } from '../../../src/domain/schedule/reading.js';
import { recurringInput } from '../../../src/domain/schedule/recurring.js';
import { recurringReport } from '../../../src/domain/schedule/report.js';

const BATCH = { input: 'a.csv', output: 'b.jsonl', concurrency: 5 };
const FEED = { kind: 'feed', url: 'https://example.org/rss' };
const RECURRING = { schedule: 's', source: FEED, sink: { kind: 'file', path: 'o.jsonl' } };

describe('an input', () => {
  it('may leave out by null what it need not say', () => {
    expect(parsedAs(batchInput, { ...BATCH, textColumn: null, retry: null })).toEqual({ value: BATCH });
    const source = { ...FEED, authEnv: null };
    expect(parsedAs(recurringInput, { ...RECURRING, source, maxItems: null })).toEqual({ value: RECURRING });
  });

  it.each<[string, object, RegExp]>([
    ['of a source that is none', { source: { kind: 'ftp', url: 'x' } }, /^source\.kind: /],
    ['of a source without an address', { source: { kind: 'feed' } }, /^source\.url: /],
    [
      'with a scheme that is not of the web',
      { source: { kind: 'url', url: 'file:///etc/passwd' } },
      /^source\.url: expected an address/,
    ],
    ['with javascript', { sink: { kind: 'webhook', url: 'javascript:alert(1)' } }, /^sink\.url: /],
    ['with half an item', { maxItems: 1.5 }, /^maxItems: /],
    ['with no item', { maxItems: 0 }, /^maxItems: /],
    ['with more money than there is', { maxCostUsd: 1e12 }, /^maxCostUsd: /],
    [
      'with a secret in place of its name',
      { sink: { kind: 'webhook', url: 'https://x.org', secretEnv: 'sk-1 23' } },
      /^sink\.secretEnv: expected the name .* not its value$/,
    ],
    ['with a field that nobody knows', { maxCostUSD: 1 }, /^maxCostUSD: unknown field$/],
    ['with a path that holds NUL', { sink: { kind: 'file', path: 'a\0b' } }, /^sink\.path: /],
  ])('%s is refused by name', (_, more, words) => {
    expect(parsedAs(recurringInput, { ...RECURRING, ...more })).toEqual({ problem: expect.stringMatching(words) });
  });

  it('of any kind is one line or a value, and never an error', () => {
    const schemas = [
      batchInput,
      batchSource,
      cursor,
      opened,
      outputParts,
      batchState,
      recurringInput,
      readRequest,
      recurringReport,
      deliveries,
      post,
      news,
      memoryState,
    ];
    fc.assert(
      fc.property(
        fc.anything({ withBigInt: true, withNullPrototype: true, withDate: true }),
        fc.constantFrom<() => z.ZodType>(...schemas),
        (value, schema) => {
          const parsed = parsedAs(schema, value);
          if ('problem' in parsed) expect(parsed.problem).toMatch(/^[^\p{Cc}]+$/u);
        },
      ),
    );
  });
});
