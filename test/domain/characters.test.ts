import { expect, it } from '@jest/globals';
import { betweenCharacters, withoutControls } from '../../src/domain/characters.js';
import { wellFormed } from '../../src/domain/text.js';

it.each<[rule: string, text: string, expected: string]>([
  ['escape sequences', 'a\u001b[31mb\u009b0mc', 'a [31mb 0mc'],
  ['marks of direction', 'a\u202eb\u2066c\u200ed', 'abcd'],
  ['soft hyphens, tags and marks of byte order', 'a\u00adb\u{e0041}c\ufeffd', 'abcd'],
  ['NUL and bells', 'a\u0000b\u0007c\u007fd', 'a b c d'],
  ['halves of characters', 'a\ud83db\udc00', 'a\ufffdb\ufffd'],
])('takes out %s', (_, text, expected) => {
  expect(withoutControls(text)).toBe(expected);
});

it.each([['line breaks\nand\ttabs'], ['👨‍👩‍👧 and 😀'], ['می‌خواهم'], ['é, é, 한국어']])('keeps %s', (text) => {
  expect(withoutControls(text)).toBe(text);
});

it('keeps the length of a text that it makes well-formed', () => {
  expect(wellFormed('a\ud83d\u202eb😀')).toBe('a\ufffd\u202eb😀');
});

it.each<[rule: string, text: string, at: number, expected: number]>([
  ['a surrogate pair', 'a😀b', 2, 1],
  ['a letter from its accent', 'ae\u0301b', 2, 1],
  ['a family of emoji', 'a👨‍👩‍👧b', 4, 1],
  ['nothing between letters', 'abc', 2, 2],
  ['nothing at the end', 'a😀', 3, 3],
  ['nothing at the beginning', '😀', 0, 0],
])('a cut splits %s', (_, text, at, expected) => {
  expect(betweenCharacters(text, at)).toBe(expected);
});

it('does not go back for ever for a tower of marks, and halves no pair', () => {
  expect(betweenCharacters(`a${'\u0301'.repeat(10_000)}`, 9_000)).toBe(9_000);
  expect(betweenCharacters(`a${'\u{1d165}'.repeat(5_000)}`, 6_000) % 2).toBe(1);
});
