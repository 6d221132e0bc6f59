import assert from 'node:assert/strict';
import type { Browser } from '../support/chromium.js';
import { until } from '../support/until.js';

const PAGE_LIMIT_MS = 60_000;

/** Opens a page and waits until it shows all of these. @returns what a person reads on it then */
export async function reads(browser: Browser, url: string, ...words: string[]): Promise<string> {
  await browser.open(url);
  let text = '';
  const showsAll = async () => {
    text = await browser.text();
    if (text.includes('Try a refresh')) await browser.open(url); // it asked a server that had only just started
    return words.every((each) => text.includes(each));
  };
  await until(showsAll, PAGE_LIMIT_MS).catch(() => {
    const missing = words.filter((each) => !text.includes(each));
    assert.fail(`${url} does not show ${missing.join(', ')}, but: ${text.replace(/\s+/g, ' ')}`);
  });
  return text;
}
