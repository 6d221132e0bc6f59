import { describe, expect, it } from '@jest/globals';
import type { Sentiment } from '../../../src/domain/analyze/sentiment.js';
import { local } from '../../../src/providers/local/local.js';

const provider = local({ kind: 'local', name: 'local', maxSummaryWords: 30 });
const never = new AbortController().signal;
const summaryOf = async (text: string) => (await provider.answer('summarize', text, never)).value as string;
const labelOf = async (text: string) => ((await provider.answer('sentiment', text, never)).value as Sentiment).label;

const NEWS = `The town council voted on Tuesday to rebuild the old bridge over the river. The weather was mild. Engineers
had warned that the bridge over the river could close within two years. A local baker sold 300 rolls. The council expects
the new bridge to open in spring, and the engineers will inspect the old bridge every month until then.`;

describe('a summary', () => {
  it('is made of whole sentences, the central ones, in the order of the text', async () => {
    const summary = await summaryOf(NEWS);
    expect(summary).toContain('bridge');
    expect(summary).not.toContain('baker');
    expect(summary).toMatch(/\.$/);
    expect(summary.split(' ').length).toBeLessThanOrEqual(30);
  });

  it('of a short text is the text', async () => {
    expect(await summaryOf('All\n is well.')).toBe('All is well.');
  });

  it.each([
    ['Chinese', '我今天很高兴。天气非常好。我们去公园散步。'.repeat(50)],
    ['Russian', 'Сегодня хороший день. Мы идём в парк. '.repeat(50)],
    ['emoji', '😀😡'.repeat(400)],
    ['one word', 'a'.repeat(5_000)],
    ['no sentence end', 'word '.repeat(500)],
    ['punctuation', '"""...---'],
    ['links', 'http://'.repeat(3_000)],
  ])('is never empty and always bounded: %s', async (_, text) => {
    const summary = await summaryOf(text);
    expect(summary.trim()).not.toBe('');
    expect(summary.length).toBeLessThanOrEqual(30 * 20 + 1);
    expect(summary.split(' ').length).toBeLessThanOrEqual(30);
    expect(summary).not.toMatch(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])/);
  });
});

it.each([
  ['POSITIVE', 'I love this product, it is wonderful!'],
  ['POSITIVE', 'The service was slow but the food was great.'],
  ['NEGATIVE', 'This is the worst experience ever, terrible and awful.'],
  ['NEGATIVE', 'Not good at all.'],
  ['NEUTRAL', 'The train leaves at nine.'],
])('%s: %s', async (label, text) => {
  const value = (await provider.answer('sentiment', text, never)).value as Sentiment;
  expect(value.label).toBe(label);
  expect(value.score).toBeGreaterThanOrEqual(0.5);
  expect(value.score).toBeLessThanOrEqual(1);
});

describe('1 MiB', () => {
  it.each([
    ['prose', `${NEWS} `.repeat(2_700)],
    ['one word', 'a'.repeat(1024 * 1024)],
    ['links', 'http://'.repeat(150_000)],
    ['Chinese', '我今天很高兴。'.repeat(150_000)],
  ])('takes a few seconds at most, and never blocks for one: %s', async (_, text) => {
    let longestMs = 0;
    let lastMs = performance.now();
    const timer = setInterval(() => {
      longestMs = Math.max(longestMs, performance.now() - lastMs);
      lastMs = performance.now();
    }, 10);
    const startedMs = performance.now();
    await summaryOf(text);
    await labelOf(text);
    clearInterval(timer);
    expect(performance.now() - startedMs).toBeLessThan(8_000);
    expect(longestMs).toBeLessThan(1_500);
  });

  it('ends when the caller aborts', async () => {
    const controller = new AbortController();
    const reason = new Error('cancelled');
    setTimeout(() => {
      controller.abort(reason);
    }, 5);
    await expect(provider.answer('summarize', `${NEWS} `.repeat(2_700), controller.signal)).rejects.toBe(reason);
  });
});
