import { describe, expect, it } from '@jest/globals';
import { progressLine } from '../../../src/commands/terminal/bar.js';
import { clock, duration, localTime } from '../../../src/commands/terminal/clock.js';
import { facts } from '../../../src/commands/terminal/facts.js';
import { money } from '../../../src/commands/terminal/money.js';
import type { Screen } from '../../../src/commands/terminal/screen.js';
import { table } from '../../../src/commands/terminal/table.js';
import { fitted, widthOf, wrapped } from '../../../src/commands/terminal/width.js';

const NOW_MS = Date.parse('2026-11-27T12:00:00Z');
const PIPE: Screen = { kind: 'pipe', width: Infinity, colours: false, nowMs: NOW_MS };
const terminal = (width: number, colours = false): Screen => ({ kind: 'terminal', width, colours, nowMs: NOW_MS });
const ESC = String.fromCharCode(27);

const COLUMNS = [
  {},
  { title: 'name' },
  { title: 'since' },
  { title: 'cost', align: 'right' },
  { title: 'why', wraps: true },
] as const;
const ROWS = [
  [{ mark: 'well' }, 'openai', { atMs: NOW_MS - 180_000 }, { usd: 0.0123 }, undefined],
  [
    { mark: 'bad' },
    '日本語のプロバイダー',
    { atMs: NOW_MS + 12_000 },
    { usd: 1234.5 },
    `503 ${'the model is overloaded, '.repeat(4)}`.trim(),
  ],
] as const;

describe('a table', () => {
  it.each([60, 80, 200])('stays within %d columns, and says all that it says in a pipe', (width) => {
    const lines = table(COLUMNS, ROWS, terminal(width));
    for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(width);
    expect(lines[0]).toMatch(/NAME +SINCE +COST +WHY/);
    expect(lines[1]).toMatch(/^✓ +openai +3 min ago +\$0\.012 +-$/);
    const overloaded = lines.join(' ').match(/overloaded/g);
    expect(overloaded).toHaveLength(4);
  });

  it('is tabs and exact times in a pipe, without a head', () => {
    expect(table(COLUMNS, ROWS, PIPE)[0]).toBe('ok\topenai\t2026-11-27T11:57:00.000Z\t$0.012\t-');
  });

  it('has colours only on a screen that has them', () => {
    expect(table(COLUMNS, ROWS, terminal(80, true)).join('\n')).toContain(`${ESC}[32m✓`);
    expect(table(COLUMNS, ROWS, terminal(80)).join('\n')).not.toContain(ESC);
  });

  it('takes no control character of a cell, on a terminal nor in a pipe', () => {
    for (const screen of [terminal(80), PIPE]) {
      const [line = ''] = table([{}, {}], [[`a${ESC}[2J\tb\nc`, 'd']], screen);
      expect(line.replace('\t', '  ')).toBe('a\uFFFD[2J b c  d');
    }
  });
});

describe('facts', () => {
  const known = [
    ['Batch', 'reviews: completed'],
    ['Cost', { usd: null }],
    ['Lines', 12_345],
    ['Failures', 'word '.repeat(20).trim()],
  ] as const;

  it.each([60, 80, 200])('stand below each other within %d columns', (width) => {
    const lines = facts(known, terminal(width));
    expect(lines.slice(0, 3)).toEqual(['Batch:     reviews: completed', 'Cost:      not known', 'Lines:     12,345']);
    for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(width);
    expect(lines.join(' ').match(/word/g)).toHaveLength(20);
  });

  it('are a name and a value a line in a pipe', () => {
    expect(facts(known, PIPE).slice(0, 3)).toEqual(['Batch: reviews: completed', 'Cost: not known', 'Lines: 12345']);
  });
});

it.each([
  [0, 'now'],
  [-59_000, '59 s ago'],
  [-3_599_000, '59 min ago'],
  [7_200_000, 'in 2 h'],
])('a time %d ms away is told from now on: %s', (awayMs, told) => {
  expect(clock(NOW_MS + awayMs, terminal(80))).toBe(told);
  expect(clock(NOW_MS + awayMs, PIPE)).toBe(new Date(NOW_MS + awayMs).toISOString());
});

it('a time of another day is told with its zone', () => {
  expect(localTime(NOW_MS, 'Europe/Berlin')).toMatch(/^2026-11-27 13:00 (CET|GMT\+1)$/);
  expect(clock(NOW_MS - 3 * 86_400_000, terminal(80))).toMatch(/^2026-11-2\d \d\d:\d\d \S+$/);
});

it.each([
  [0, '0 ms'],
  [340, '340 ms'],
  [999.7, '1000 ms'],
  [3_400, '3.4 s'],
  [9_960, '10 s'],
  [59_700, '1 min 0 s'],
  [125_000, '2 min 5 s'],
  [3_720_000, '1 h 2 min'],
  [273_600_000, '3 d 4 h'],
  [NaN, '?'],
  [-1, '?'],
])('%d ms are %s', (ms, told) => {
  expect(duration(ms)).toBe(told);
});

it.each([
  [null, 'not known'],
  [0, '$0.00'],
  [12.345, '$12.35'],
  [1_234_567.891, '$1,234,567.89'],
  [0.5, '$0.50'],
  [0.05, '$0.05'],
  [0.0123, '$0.012'],
  [0.000_123_4, '$0.00012'],
  [0.0999, '$0.10'],
  [0.000_000_000_001, '$0.000000000001'],
])('%p dollars are %s', (usd, told) => {
  expect(money(usd)).toBe(told);
});

describe('a line of progress', () => {
  const WORDS = '12/48 · 3 failed · 20 waiting · 4.0/s · 9 s left · $0.05';
  const barOf = (line: string) => line.replace(/[^█░]/g, '');

  it.each([60, 64, 80, 200])('is shorter than %d columns, and its bar shrinks before a word is cut', (width) => {
    const line = progressLine({ done: 12, total: 48 }, WORDS, terminal(width));
    expect(widthOf(line)).toBeLessThan(width);
    expect(line).toContain(WORDS);
    expect(barOf(line).length).toBeLessThanOrEqual(24);
  });

  it('fills its bar in proportion', () => {
    expect(barOf(progressLine({ done: 12, total: 48 }, WORDS, terminal(200)))).toBe('█'.repeat(6) + '░'.repeat(18));
    expect(barOf(progressLine({ done: 60, total: 48 }, WORDS, terminal(200)))).toBe('█'.repeat(24));
    expect(barOf(progressLine({ done: 0, total: 0 }, WORDS, terminal(200)))).toBe('░'.repeat(24));
  });

  it('cuts words where there is no room for a bar', () => {
    expect(progressLine({ done: 1, total: 2 }, WORDS, terminal(30))).toMatch(/^12\/48 .*…$/);
  });
});

it('what is too long is cut between characters, not within one', () => {
  expect(fitted('日本語', 5)).toBe('日本…');
  expect(fitted('👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧', 5)).toBe('👩‍👩‍👧👩‍👩‍👧…');
  expect(fitted('abc', 3)).toBe('abc');
  expect(wrapped('a bc def', 4)).toEqual(['a bc', 'def']);
});
