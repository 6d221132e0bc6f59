import { expect, it } from '@jest/globals';
import { isScore, toLabel } from '../../../src/domain/analyze/sentiment.js';

it.each([
  ['POSITIVE', 'POSITIVE'],
  [' positive\n', 'POSITIVE'],
  ['neg', 'NEGATIVE'],
  ['LABEL_2', undefined],
  ['constructor', undefined],
  ['', undefined],
  [1, undefined],
  [null, undefined],
])('the label %j is %j', (word, label) => {
  expect(toLabel(word)).toBe(label);
});

it("takes a vendor's own words from the configuration, in any case", () => {
  const words = { '5 stars': 'POSITIVE', LABEL_0: 'NEGATIVE', positive: 'NEUTRAL' } as const;
  expect(toLabel('5 Stars', words)).toBe('POSITIVE');
  expect(toLabel('label_0', words)).toBe('NEGATIVE');
  expect(toLabel('POSITIVE', words)).toBe('NEUTRAL');
  expect(toLabel('NEGATIVE', words)).toBe('NEGATIVE');
});

it.each([NaN, Infinity, -0.1, 1.01, '0.5', undefined, null])('has no score of %p', (score) => {
  expect(isScore(score)).toBe(false);
});

it.each([0, 0.5, 1])('has a score of %p', (score) => {
  expect(isScore(score)).toBe(true);
});
