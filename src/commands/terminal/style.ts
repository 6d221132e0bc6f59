import { styleText } from 'node:util';
import type { Screen } from './screen.js';

/** How something stands; the symbol says it where there is no colour. */
export type Mark = 'well' | 'bad' | 'none' | 'careful';

const MARKS = {
  well: { symbol: '✓', word: 'ok', colour: 'green' },
  bad: { symbol: '✗', word: 'FAIL', colour: 'red' },
  none: { symbol: '–', word: '-', colour: 'gray' },
  careful: { symbol: '!', word: 'WARN', colour: 'yellow' },
} as const;

/** A symbol on a terminal, a word in a pipe. */
export function marked(mark: Mark, screen: Screen): string {
  const { symbol, word, colour } = MARKS[mark];
  return screen.kind === 'pipe' ? word : inStyle(colour, symbol, screen);
}

/** Only where the screen has colours: Node 20 would not look. */
export function inStyle(style: Parameters<typeof styleText>[0], text: string, { colours }: Screen): string {
  return colours && text !== '' ? styleText(style, text) : text;
}
