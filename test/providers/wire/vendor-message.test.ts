import { describe, expect, it } from '@jest/globals';
import { vendorMessage } from '../../../src/providers/wire/vendor-message.js';

const KEY = 'sk-proj-AbCdEfGh0123456789';
const TEXT = 'Dear Ms. Müller,\nI am deeply disappointed by "your" service 😡.';
const clean = (message: string, text = TEXT, key = KEY) => vendorMessage(message, { secrets: [key], text });

describe('the key', () => {
  it.each([
    ['whole', `bad key ${KEY} given`, 'bad key [key] given'],
    ['in part', 'bad key AbCdEfG given', 'bad key [key] given'],
    ['masked', 'bad key AbC***********789 given', 'bad key [key] given'],
    ['reversed', `bad key ${Array.from(KEY).reverse().join('')} given`, 'bad key [key] given'],
    ['spaced', `bad key: ${Array.from(KEY).join(' ')} given`, 'bad key: [key] given'],
    [
      'in base64',
      `bad key ${Buffer.from(KEY).toString('base64')} given`,
      expect.stringMatching(/^bad key \[key\].{0,3} given$/),
    ],
    [
      'in base64 of the whole header',
      btoa(`Authorization: Bearer ${KEY}`),
      expect.stringMatching(/^.{20,34}\[key\].{0,3}$/),
    ],
    ['in hexadecimal', `bad key ${Buffer.from(KEY).toString('hex')} given`, 'bad key [key] given'],
    [
      'in percent',
      `bad key ${KEY.replace(/./g, (c) => `%${c.charCodeAt(0).toString(16)}`)} given`,
      'bad key %[key] given',
    ],
    ['in capitals', `bad key ${KEY.toUpperCase()} given`, 'bad key [key] given'],
    ['of another', 'no sk-other-1234 or hf_abcdefgh here', 'no [key] or [key] here'],
  ])('does not show %s', (_, message, expected) => {
    expect(clean(message)).toEqual(expected);
  });
});

describe('the text', () => {
  it.each([
    ['whole', `cannot read: ${TEXT}`, 'cannot read: [text]'],
    ['in part', 'cannot read: disappointed by', 'cannot read:[text]'],
    ['escaped', `cannot read: ${JSON.stringify(TEXT)}`, 'cannot read: "[text]\\"your\\[text]"'],
    ['with escapes for its letters', String.raw`input 'Dear Ms. M\u00fcller,\nI am'`, "input '[text]'"],
  ])('does not show %s', (_, message, expected) => {
    expect(clean(message)).toEqual(expected);
  });

  it('does not show when it is shorter than what is looked for', () => {
    expect(clean('cannot read I hate Bob.', 'I hate Bob')).toBe('cannot read [text].');
  });

  it('may share short words with a message', () => {
    expect(clean('I am overloaded by your service')).toBe('I am overloaded by your service');
  });

  it.each([
    ['prose', 'The quick brown fox jumps over the lazy dog. '.repeat(24_000)],
    ['one letter', 'a'.repeat(1024 * 1024)],
  ])('of 1 MiB takes little time (%s)', (_, text) => {
    const startedMs = performance.now();
    expect(clean(`no: ${text}`, text)).toMatch(/^no: ?\[text\]$/);
    expect(performance.now() - startedMs).toBeLessThan(3_000);
  });
});

it('is one bounded line without control characters', () => {
  expect(clean('one\ntwo\u0000\u001b[31m\u202ethree')).toBe('one two [31m three');
  expect(clean('😀'.repeat(400))).toMatch(/^(😀)+…$/u);
  expect(clean('x'.repeat(5_000)).length).toBe(280);
});

it('needs neither key nor text', () => {
  expect(vendorMessage('overloaded', { secrets: [], text: '' })).toBe('overloaded');
});
