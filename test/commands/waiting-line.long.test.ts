import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openShell, type Shell } from '../support/command-line.js';
import { Drawn } from '../support/drawn.js';
import { startFakeProviders, type FakeProviders } from '../support/fake-providers.js';
import { temporalAddress, testNamespace } from '../support/namespace.js';
import { onTerminal } from '../support/on-terminal.js';
import { configFor, KEYS } from '../support/rig.js';

const LIMIT_MS = 120_000;
const ESC = String.fromCharCode(27);

let fake: FakeProviders;
let shell: Shell;
beforeAll(async () => {
  fake = await startFakeProviders();
  shell = await openShell({ TEMPORAL_ADDRESS: temporalAddress, TEMPORAL_NAMESPACE: testNamespace() });
  const config = await shell.write('understudy.yaml', configFor(fake));
  const worker = shell.start(['worker'], { env: { ...KEYS, UNDERSTUDY_CONFIG: config } });
  await worker.says(/^ready/m);
  for (const name of ['openai', 'huggingface']) fake.always(name, '503');
});
afterAll(async () => {
  await shell.close();
  await fake.close();
});

/** What a command writes to a terminal that becomes 60 columns wide in the middle, and where Ctrl-C is typed then. */
async function drawnBy(columns: number, patterns: { resize: RegExp; leave: RegExp }, args: readonly string[]) {
  const { written, code } = await onTerminal({
    ...{ args, columns, cwd: shell.folder, leave: patterns.leave, resize: { columns: 60, at: patterns.resize } },
    env: { TEMPORAL_ADDRESS: temporalAddress, TEMPORAL_NAMESPACE: testNamespace() },
  });
  const screen = new Drawn(columns);
  screen.write(written);
  const [before = '', after = ''] = written.split(`${ESC}[8;50;60t`);
  return { before, after, rows: screen.rows(), code };
}

describe('on a terminal', () => {
  it.each([100, 160])(
    'a run that waits says for whom, why, until when and how to leave, at %d columns and then at 60',
    async (columns) => {
      const { before, after, rows, code } = await drawnBy(
        columns,
        { resize: /deadline in 59 min; Ctrl-C leaves it running/, leave: /ends in 59 min/ },
        ['analyze', 'A text that waits.', '--id', `waits-${columns}`],
      );
      expect(before.replace(/\s+/g, ' ')).toMatch(
        /waiting: .*huggingface.*503.*; deadline in 59 min; Ctrl-C leaves it running/,
      );
      expect(after).toContain('Ctrl-C: goes on');
      expect(rows.filter((row) => row.startsWith('waiting; '))).toEqual([]);
      expect(rows.at(-1)).toMatch(/analyze --id waits-\d+$/);
      expect(code).toBe(130);
    },
    LIMIT_MS,
  );

  it(
    'a batch that waits says who is out of use, and leaves its line nowhere',
    async () => {
      await shell.write('texts.txt', 'one text\nanother text\n');
      const { before, after, rows, code } = await drawnBy(
        120,
        { resize: /what nobody can answer now waits.*next look/, leave: /2 waiting/ },
        ['batch', 'texts.txt', '--out', 'results.jsonl', '--id', 'waiting'],
      );
      expect(before).toMatch(/(openai|huggingface) is out of use: 503 since \d\d:\d\d, next look in \d+ s/);
      expect(before).toContain('what nobody can answer now waits; Ctrl-C leaves it running');
      expect(before).toMatch(/0\/2 · 0 failed · 2 waiting · .* · next look (in \d+ s|now)/);
      expect(after).toMatch(/0\/2 · 0 failed · 2 waiting/);
      expect(rows.filter((row) => row.includes('waiting ·'))).toEqual([]);
      expect(code).toBe(130);
    },
    LIMIT_MS,
  );
});
