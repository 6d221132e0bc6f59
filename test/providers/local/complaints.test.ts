import { describe, expect, it } from '@jest/globals';
import type { Sentiment } from '../../../src/domain/analyze/sentiment.js';
import { local } from '../../../src/providers/local/local.js';

const provider = local({ kind: 'local', name: 'local', maxSummaryWords: 60 });
const judge = async (text: string) => {
  const { value } = await provider.answer('sentiment', text, new AbortController().signal);
  return (value as Sentiment).label;
};

describe('the local judge', () => {
  it.each([
    'Mine leaked from the base on the second day. After two weeks I have no kettle and no money.',
    'The room was not clean and nobody answered.',
    'I would not recommend it.',
    'The heating did not work and the window is broken.',
    'Customer service hung up on me.',
    'I had high hopes but was let down.',
    'Two stars because it is loud.',
    'I want my money back.',
    'It is far too small for the price.',
  ])('hears a complaint without a word of feeling: %s', async (text) => {
    expect(await judge(text)).toBe('NEGATIVE');
  });

  it.each([
    'Great, another update that breaks everything.',
    'Oh wonderful, it stopped working again.',
    'Lovely, the second replacement is broken too.',
  ])('takes praise before a complaint for mockery: %s', async (text) => {
    expect(await judge(text)).toBe('NEGATIVE');
  });

  it.each([
    'Never let me down in three years.',
    'I never had a better coffee.',
    'Nothing to complain about.',
    'It solved my problem.',
  ])('hears praise in words that stand for complaints elsewhere: %s', async (text) => {
    expect(await judge(text)).toBe('POSITIVE');
  });

  it.each(['No problems at all, it never failed.', 'Not bad at all.', 'Great coffee, quiet machine, I love it.'])(
    'takes it for good when trouble is denied: %s',
    async (text) => {
      expect(await judge(text)).toBe('POSITIVE');
    },
  );

  it.each(['The manual says 230 volts.', 'It was delivered on Tuesday.', 'It has no display and runs for ten hours.'])(
    'leaves plain facts alone: %s',
    async (text) => {
      expect(await judge(text)).toBe('NEUTRAL');
    },
  );

  it('reads a hostile text in linear time', async () => {
    const startedAtMs = performance.now();
    await judge(
      `${'not no never '.repeat(60_000)}'${"n't'".repeat(60_000)}${'waited for '.repeat(20_000)}${'never let '.repeat(20_000)}`,
    );
    expect(performance.now() - startedAtMs).toBeLessThan(20_000);
  });
});
