import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { glob } from 'tinyglobby';
import { COMMANDS } from '../../src/commands/commands.js';
import { embeddedPort, openShell, type Shell } from '../support/command-line.js';
import { itStartsServer } from '../support/it-starts-server.js';

const README = fileURLToPath(new URL('../../README.md', import.meta.url));
const MAX_README_BYTES = 6_500;
const MAX_TABLE_COLUMNS = 160;

let shell: Shell;
let readme: string;
beforeAll(async () => {
  shell = await openShell();
  readme = await readFile(README, 'utf8');
});
afterAll(() => shell.close());

/** What a block of the page says that a command prints. */
function transcriptOf(command: string): string {
  const [, block = ''] = new RegExp('```console\\n\\$ ' + command + '\\n([^`]*)```').exec(readme) ?? [];
  return block;
}

/** Times, sums and measured scores are never the same; `…` stands for the rest of a line. */
function pattern(transcript: string): RegExp {
  const lines = transcript.trim().split('\n');
  const source = lines.map((line) =>
    line
      .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
      .replace(/in \d[\d\\.]* (ms|s)/, 'in [\\d.]+ (ms|s)')
      .replace(/…$/, '.*'),
  );
  return new RegExp(`^${source.join('\\n')}\\n$`);
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PAGES = await glob(['README.md', 'docs/*.md', 'examples/*/README.md'], { cwd: ROOT });

describe.each(PAGES)('%s', (page) => {
  it('has no table wider than 160 columns, and no line of prose twice', async () => {
    const lines = (await readFile(`${ROOT}/${page}`, 'utf8')).split('\n');
    for (const line of lines) if (line.startsWith('|')) expect(line.length).toBeLessThanOrEqual(MAX_TABLE_COLUMNS);
    const prose = lines.filter((line) => line.length > 60 && /^[A-Z]/.test(line));
    expect(prose.filter((line, at) => prose.indexOf(line) !== at)).toEqual([]);
  });
});

describe('README', () => {
  it('is a page and not a book, and its tables fit', () => {
    expect(Buffer.byteLength(readme)).toBeLessThan(MAX_README_BYTES);
    for (const line of readme.split('\n'))
      if (line.startsWith('|')) expect(line.length).toBeLessThan(MAX_TABLE_COLUMNS);
  });

  it('names no command that there is not', () => {
    const named = [...readme.matchAll(/(?:npx understudy|^\$ understudy) ([a-z-]+)/gm)].map(([, name]) => name);
    const known = COMMANDS.map(({ name }) => name);
    expect(named.length).toBeGreaterThan(5);
    for (const name of named) expect(known).toContain(name);
  });

  itStartsServer('shows what the first command prints', async () => {
    const { code, stdout, stderr } = await shell.understudy(['run', '--port', String(await embeddedPort())]);
    expect(code).toBe(0);
    const said = stderr.split('\n');
    const told = [...said.slice(0, 2), ...stdout.trimEnd().split('\n'), ...said.slice(2)].join('\n');
    expect(told).toMatch(pattern(transcriptOf('npm start')));
  });
});
