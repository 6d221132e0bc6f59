import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ResultLine } from '../../src/domain/batch/result-line.js';
import { openChromium, type Browser } from '../support/chromium.js';
import { until } from '../support/until.js';
import { openBatchStage, type BatchStage } from './batch-stage.js';

/** Where documentation shows it; written with `UPDATE_SCREENSHOTS=1`. */
const SCREENSHOT = new URL('../../docs/batch-report.png', import.meta.url);
const TEXTS = 200;

let stage: BatchStage;
let browser: Browser;
beforeAll(async () => {
  [stage, browser] = [await openBatchStage(), await openChromium()];
});
afterAll(async () => {
  await browser.close();
  await stage.close();
});

it('a report shows in a browser what a count over the lines of the output gives', async () => {
  const { rig, shell } = stage;
  const texts = Array.from({ length: TEXTS }, (_, n) =>
    n % 20 === 19 ? 'The same each time.' : `Remark ${n} was good.`,
  );
  const rows = texts.map((text, n) => JSON.stringify({ id: `r${n}`, text }));
  await shell.write('remarks.jsonl', `${rows.join('\n')}\nnot json\n`);
  rig.fake.control({ name: 'openai', latencyMs: 40 });
  const faults = Array.from({ length: TEXTS }, (_, n) =>
    n % 31 === 30 ? 'refusal' : n % 7 === 6 ? 'empty-answer' : 'ok',
  );
  rig.fake.script('openai', faults, 'summarize');
  await stage.batch('remarks.jsonl', '--id', 'remarks', '--concurrency', '8');
  const lines = await stage.linesOf('remarks.results.jsonl');
  const report = async (...more: string[]) => {
    await until(async () => {
      const { code } = await stage.batch('report', 'remarks', '--out', 'report.html', ...more);
      if (code !== 0) return false;
      await browser.open(pathToFileURL(join(shell.folder, 'report.html')).href);
      await until(async () => (await browser.text()).includes('Batch remarks'));
      return figure(await browser.text(), 'Without a run of their own') === String(withoutRun(lines)); // the list of runs lags
    }, 60_000);
    return browser.text();
  };
  const text = await report();

  const good = lines.flatMap((line) => ('error' in line ? [] : [line]));
  const pairs = counted(good.map(({ providers }) => `${providers.summarize}\t${providers.sentiment}`));
  const [[, most] = ['', 0]] = pairs;
  expect(lines).toHaveLength(TEXTS + 1);
  expect(pairs.length).toBeGreaterThan(1); // otherwise there is nothing to look at
  expect(figure(text, 'Lines')).toBe(String(lines.length));
  expect(figure(text, 'Succeeded')).toBe(String(good.length));
  expect(figure(text, 'Failed')).toBe(String(lines.length - good.length));
  expect(figure(text, 'Saved by failover')).toBe(String(good.length - most));
  expect(figure(text, 'Equal texts')).toBe(String(lines.filter(({ sameAs }) => sameAs !== undefined).length));
  for (const [pair, many] of pairs) expect(text).toContain(`${pair}\t${many}\t`);
  for (const [kind, many] of counted(lines.flatMap((line) => ('error' in line ? [line.error.type] : [])))) {
    expect(text.match(new RegExp(`\t${kind}\t`, 'g'))).toHaveLength(many);
  }
  const html = await readFile(join(shell.folder, 'report.html'), 'utf8');
  expect(html).not.toMatch(/Remark|same each time|<script|<link|src=/);
  const png = await browser.screenshot();
  expect(png.length).toBeGreaterThan(20_000);
  if (process.env.UPDATE_SCREENSHOTS === '1') await writeFile(SCREENSHOT, png);

  expect(await report('--with-texts')).toMatch(/Remark \d+ was good\./);
}, 300_000);

function figure(text: string, name: string): string | undefined {
  return new RegExp(`^${name}[^\t\n]*\t([^\t\n]*)$`, 'm').exec(text)?.[1];
}

/** Lines whose text was paid for by another, and bad ones. */
function withoutRun(lines: readonly ResultLine[]): number {
  const isBad = (line: ResultLine) => 'error' in line && line.error.type === 'BadLine';
  return lines.filter((line) => line.sameAs !== undefined || isBad(line)).length;
}

/** The most first. */
function counted(names: readonly string[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].sort(([, one], [, other]) => other - one);
}
