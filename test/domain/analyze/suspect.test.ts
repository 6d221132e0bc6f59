import { describe, expect, it } from '@jest/globals';
import { isSuspect } from '../../../src/domain/analyze/suspect.js';

const REVIEW =
  'The kettle arrived two days late, and the box was dented. It boils quickly, though, and the shop (https://kettles.example/help) answered my mail within an hour.';

it.each<[rule: string, summary: string, text: string]>([
  ['says what the text says', 'The kettle came late in a dented box, but boils quickly.', REVIEW],
  ['uses other forms of its words', 'Late arrival, dents; boiling is quick; shops answering mails.', REVIEW],
  ['is two words', 'Mixed feelings.', REVIEW],
  ['names the address of the text', 'Help stands at https://kettles.example/help.', REVIEW],
  ['names the host alone', 'The shop kettles.example answered the mail.', REVIEW],
  ['is in Chinese, like its text', '水壶迟到，盒子凹陷。', '水壶迟到了两天，盒子凹陷了，但是烧水很快。'],
  ['has a dot within a word', 'The kettle runs Node.js 3.5 in its box, e.g. when it boils.', REVIEW],
  ['is empty', '', REVIEW],
])('a summary that %s is not suspect', (_, summary, text) => {
  expect(isSuspect(summary, text)).toBe(false);
});

it.each<[rule: string, summary: string, text: string]>([
  ['shares no word with its text', 'Account compromised: please confirm password immediately.', REVIEW],
  ['has a web address that the text has not', 'The kettle was late. See https://evil.example/login', REVIEW],
  ['has another path of a known host', 'The kettle was late. See https://kettles.example/refund', REVIEW],
  ['has a host that only ends like one of the text', 'The kettle was late: tles.example/help', REVIEW],
  ['has a mail address that the text has not', 'The kettle was late; write to help@evil.example.', REVIEW],
  ['has an address without a scheme', 'The kettle was late, see www.evil.example!', REVIEW],
  ['has a bare name of a host', 'The kettle was late (evil-shop.com).', REVIEW],
  ['is in Chinese and about something else', '请立即转账到这个账户。', '水壶迟到了两天，盒子凹陷了，但是烧水很快。'],
])('a summary that %s is suspect', (_, summary, text) => {
  expect(isSuspect(summary, text)).toBe(true);
});

describe('hostile texts', () => {
  it.each([
    ['dots', '.'.repeat(1_000_000)],
    ['dotted names', 'a.'.repeat(500_000)],
    ['addresses', 'https://a.example/x '.repeat(50_000)],
    ['slashes', '://'.repeat(300_000)],
    ['at signs', '@'.repeat(1_000_000)],
    ['one word', 'a'.repeat(1_000_000)],
    ['Chinese', '水壶迟到了'.repeat(200_000)],
  ])('of a megabyte take little time: %s', (_, text) => {
    const startedAtMs = performance.now();
    isSuspect(text.slice(0, 60_000), text);
    expect(performance.now() - startedAtMs).toBeLessThan(5_000);
  });
});
