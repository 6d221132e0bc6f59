import { expect, it } from '@jest/globals';
import { boundedSummary } from '../../../src/domain/analyze/summary.js';

it.each<[rule: string, text: string, maxWords: number, expected: string]>([
  ['keeps what fits', 'All is well.', 3, 'All is well.'],
  ['folds white space to one line', '  All\n\tis   well. ', 3, 'All is well.'],
  ['ends at a sentence end', 'One two three. Four five.', 4, 'One two three.'],
  ['ends at the last sentence end of several', 'One two. Three four! Five six seven.', 5, 'One two. Three four!'],
  [
    'keeps the quote that ends with the sentence',
    'She said "it is over." Then she left the room.',
    6,
    'She said "it is over."',
  ],
  ['marks a cut within a sentence', 'One two three, four five.', 3, 'One two three…'],
  [
    'does not throw most away for an early sentence end',
    'Dr. Smith has sold all of the boats.',
    6,
    'Dr. Smith has sold all of…',
  ],
  ['does not end within a number', 'It rose by 3.5 percent over the year.', 4, 'It rose by 3.5…'],
  ['bounds a text without spaces', 'x'.repeat(100), 2, `${'x'.repeat(40)}…`],
  ['ends at a sentence end without spaces', `${'今天'.repeat(8)}。${'很好'.repeat(8)}。`, 1, `${'今天'.repeat(8)}。`],
  ['keeps characters whole', `x${'😀'.repeat(30)}`, 1, `x${'😀'.repeat(9)}…`],
  ['leaves a letter its accents', `${'x'.repeat(39)}e\u0301${'x'.repeat(9)}`, 2, `${'x'.repeat(39)}…`],
  ['shows no control and no format character', 'All\u001b[2J is \u202ewell\u0000.', 5, 'All [2J is well .'],
  ['leaves nothing empty', ' \n ', 5, ''],
])('%s', (_, text, maxWords, expected) => {
  expect(boundedSummary(text, maxWords)).toBe(expected);
});

it.each([
  ['marks', '.'.repeat(2_000_000)],
  ['marks and quotes', '.""'.repeat(700_000)],
  ['commas', ', '.repeat(1_000_000)],
  ['a tail of commas within', `${',;'.repeat(1_000_000)}x`],
  ['white space', ' '.repeat(2_000_000)],
  ['control characters', '\u0000'.repeat(2_000_000)],
])('takes little time for an answer of megabytes: %s', (_, text) => {
  const startedAtMs = performance.now();
  expect(boundedSummary(text, 1_000).length).toBeLessThanOrEqual(20_001);
  expect(performance.now() - startedAtMs).toBeLessThan(1_000);
});
