import { describe, expect, it } from '@jest/globals';
import { printable, printableJson } from '../../src/domain/text.js';

const HOSTILE: [string, string, string][] = [
  ['a colour', 'a\x1b[31mred', 'a\uFFFD[31mred'],
  ['a window title', '\x1b]0;pwned\x07', '\uFFFD]0;pwned\uFFFD'],
  ['a C1 sequence', '\x9b2J\x9d0;title\x9c', '\uFFFD2J\uFFFD0;title\uFFFD'],
  ['a line of its own', 'good\nSentiment: POSITIVE (1.00)', 'good Sentiment: POSITIVE (1.00)'],
  ['a carriage return', 'failed\rdone  ', 'failed done  '],
  ['every kind of line end', 'a\r\nb\u0085c\u2028d\u2029e\vf\fg\th', 'a b c d e f g h'],
  ['a backspace, a bell, NUL and DEL', 'a\b\x07\0\x7f', 'a\uFFFD\uFFFD\uFFFD\uFFFD'],
  ['a text that runs backwards', 'a\u202Etxt.exe\u202C\u2066b\u2069\u200F\u061C', 'atxt.exeb'],
  ['characters without a width', 'op\u200Be\u2060n\u00ADa\uFEFFi\u180E', 'openai'],
  ['tags', 'safe\u{E0061}\u{E0062}', 'safe'],
  ['fillers', 'a\u3164\u115F\u1160\uFFA0b', 'ab'],
  ['half a character', 'a\uD83Db\uDE00', 'a\uFFFDb\uFFFD'],
];

describe('a text of somebody else', () => {
  it.each(HOSTILE)('is one harmless line: %s', (_, text, line) => {
    expect(printable(text)).toBe(line);
  });

  it.each(HOSTILE)('as JSON says the same and holds no such character: %s', (_, text) => {
    const json = printableJson({ text });
    expect(JSON.parse(json)).toEqual({ text });
    expect(printable(json)).toBe(json);
  });

  it.each(['Grüße', '日本語', 'سلام', '❤️ 👍🏽 ✓', 'naïve café', 'हिन्दी'])('stays as it is: %s', (text) => {
    expect(printable(text)).toBe(text);
  });

  it('takes time in proportion to its length', () => {
    const startedAtMs = performance.now();
    printable('\u200B\x1b\r'.repeat(350_000));
    expect(performance.now() - startedAtMs).toBeLessThan(3_000);
  });
});
