import { expect, it } from '@jest/globals';
import { labelProbability } from '../../../src/providers/chat/label-probability.js';

const tokens = (...pairs: [token: string, probability: number][]) =>
  pairs.map(([token, probability]) => ({ token, logprob: Math.log(probability) }));

it('is the product over the tokens that spell the label', () => {
  const written = tokens(
    ['{"', 0.1],
    ['label', 0.2],
    ['":"', 0.3],
    ['NEG', 0.9],
    ['ATIVE', 0.5],
    ['","score":', 0.4],
    ['1}', 0.6],
  );
  expect(labelProbability(written)).toBeCloseTo(0.45);
});

it('counts a token that holds more than the label', () => {
  expect(labelProbability(tokens(['{"label": ', 0.1], ['"POS', 0.8], ['ITIVE"', 0.5], ['}', 0.1]))).toBeCloseTo(0.4);
});

it('is undefined without a label', () => {
  expect(labelProbability([])).toBeUndefined();
  expect(labelProbability(tokens(['hello', 0.5]))).toBeUndefined();
});

it('never exceeds 1', () => {
  expect(labelProbability([{ token: '{"label":"NEUTRAL"}', logprob: 1e-9 }])).toBe(1);
});

it('is that of the last label: a draft may stand before it', () => {
  const draft: [string, number][] = [
    ['{"label":"', 1],
    ['POSITIVE', 0.1],
    ['"} no, ', 1],
  ];
  expect(labelProbability(tokens(...draft, ['{"label":"', 1], ['NEGATIVE', 0.8], ['"}', 1]))).toBeCloseTo(0.8);
});
