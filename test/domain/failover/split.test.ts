import { describe, expect, it } from '@jest/globals';
import { split } from '../../../src/domain/failover/split.js';

const partsOf = (text: string, maxChars: number) => split(text, maxChars).map(({ from, to }) => text.slice(from, to));

const PROSE = 'The first sentence is here. Is the second one? It is! "So it ends," she said.\nA new line… And the last';
const TEXTS: Record<string, string> = {
  prose: PROSE.repeat(40),
  'one word': 'x'.repeat(5_000),
  'words without sentences': 'word '.repeat(1_000),
  'Chinese sentences': '今天的天气很好。我们去公园散步吧！你觉得怎么样？'.repeat(100),
  'emoji alone': '😀'.repeat(2_500),
  'emoji off by one': `x${'😀'.repeat(2_500)}`,
  'lines alone': '\n'.repeat(3_000),
  'a long sentence between short ones': `Short. ${'long '.repeat(800)}end. Short again.`,
};

describe.each(Object.entries(TEXTS))('splitting %s', (_, text) => {
  it.each([100, 999, 3_500])('into stretches of at most %i characters covers all of the text, in order', (maxChars) => {
    const stretches = split(text, maxChars);
    expect(stretches[0]?.from).toBe(0);
    expect(stretches.at(-1)?.to).toBe(text.length);
    for (const [index, { from, to }] of stretches.entries()) {
      expect(to - from).toBeGreaterThan(0);
      expect(to - from).toBeLessThanOrEqual(maxChars);
      expect(stretches[index - 1]?.to ?? 0).toBe(from);
    }
  });

  it('cuts no character in two', () => {
    for (const part of partsOf(text, 101)) expect(part).not.toMatch(/^[\uDC00-\uDFFF]|[\uD800-\uDBFF]$/);
  });

  it('wastes little: two neighbours never fit together', () => {
    const parts = partsOf(text, 300);
    for (const [index, part] of parts.entries()) {
      expect(part.length + (parts[index + 1]?.length ?? Infinity)).toBeGreaterThan(300);
    }
  });
});

it.each<[rule: string, text: string, maxChars: number, expected: string[]]>([
  ['leaves whole what fits', 'One. Two.', 9, ['One. Two.']],
  ['ends at sentence ends', 'One two. Three four. Five six.', 21, ['One two. Three four. ', 'Five six.']],
  ['keeps a closing quote with its sentence', '"Go!" he said. No.', 15, ['"Go!" he said. ', 'No.']],
  ['ends at a line break', 'a heading\nits text goes on', 18, ['a heading\n', 'its text goes on']],
  ['does not end within a number', 'It was 3.5 then. So.', 17, ['It was 3.5 then. ', 'So.']],
  ['cuts a long sentence at a space', 'one two three four', 10, ['one two ', 'three four']],
  ['cuts a long word anywhere', 'x'.repeat(12), 5, ['xxxxx', 'xxxxx', 'xx']],
  ['has nothing of nothing', '', 10, []],
])('%s', (_, text, maxChars, expected) => {
  expect(partsOf(text, maxChars)).toEqual(expected);
});

it.each([
  ['prose', PROSE.repeat(10_000)],
  ['one word', 'x'.repeat(1_000_000)],
  ['a space, then one word', ` ${'x'.repeat(1_000_000)}`],
  ['closing quotes', `.${'"'.repeat(1_000_000)}`],
  ['dots', '.'.repeat(1_000_000)],
  ['emoji', '😀'.repeat(500_000)],
])('takes a moment for a megabyte of %s', (_, text) => {
  const startedAtMs = performance.now();
  split(text, 1_000);
  expect(performance.now() - startedAtMs).toBeLessThan(3_000);
});
