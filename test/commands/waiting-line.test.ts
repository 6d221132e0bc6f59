import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openShell, type Shell } from '../support/command-line.js';
import { Drawn } from '../support/drawn.js';
import { startFakeProviders, type FakeProviders } from '../support/fake-providers.js';
import { temporalAddress, testNamespace } from '../support/namespace.js';
import { configFor, KEYS } from '../support/rig.js';

const ON_TERMINAL = fileURLToPath(new URL('../support/on-terminal.py', import.meta.url));
const UNDERSTUDY = fileURLToPath(new URL('../../bin/understudy.mjs', import.meta.url));
const LIMIT_MS = 120_000;
const CTRL_C = String.raw`\x03`;
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
async function drawnBy(columns: string, patterns: { resize: RegExp; leave: RegExp }, args: readonly string[]) {
  const env = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    TERM: 'xterm',
    ...{ TEMPORAL_ADDRESS: temporalAddress, TEMPORAL_NAMESPACE: testNamespace() },
  };
  const typed = ['--type', patterns.leave.source, CTRL_C];
  const command = ['--', process.execPath, UNDERSTUDY, ...args];
  const { stdout, code } = await promisify(execFile)(
    'python3',
    [ON_TERMINAL, `${columns}:60@${patterns.resize.source}`, ...typed, ...command],
    { cwd: shell.folder, env, timeout: LIMIT_MS },
  ).then(
    ({ stdout }) => ({ stdout, code: 0 }),
    (error: unknown) => error as { stdout: string; code: number },
  );
  const screen = new Drawn(Number(columns));
  screen.write(stdout);
  const [before = '', after = ''] = stdout.split(`${ESC}[8;50;60t`);
  return { before, after, rows: screen.rows(), code };
}

describe('on a terminal', () => {
  it.each(['100', '160'])(
    'a run that waits says for whom, why, until when and how to leave, at %s columns and then at 60',
    async (columns) => {
      const { before, after, rows, code } = await drawnBy(
        columns,
        { resize: /waiting[^]*waiting/, leave: /next look in \d+ s; ends in 59 min/ },
        ['analyze', 'A text that waits.', '--id', `waits-${columns}`],
      );
      expect(before).toMatch(
        /waiting: .*huggingface is out of use: 503 since .*; deadline in 59 min; Ctrl-C leaves it running/s,
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
      const { before, after, rows, code } = await drawnBy('120', { resize: /next look in/, leave: /2 waiting/ }, [
        'batch',
        'texts.txt',
        '--out',
        'results.jsonl',
        '--id',
        'waiting',
      ]);
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
