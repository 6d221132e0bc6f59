import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { glob } from 'tinyglobby';
import { COMMANDS } from '../../src/commands/commands.js';
import { BUILT_IN_PROVIDERS } from '../../src/config/provider-schema.js';
import { embeddedPort, openShell, type Shell } from '../support/command-line.js';
import { startFakeProviders, type FakeProviders } from '../support/fake-providers.js';
import { itStartsServer } from '../support/it-starts-server.js';
import { temporalAddress, testNamespace } from '../support/namespace.js';
import { KEYS } from '../support/rig.js';

const README = fileURLToPath(new URL('../../README.md', import.meta.url));
const MAX_README_BYTES = 6_500;
const MAX_TABLE_COLUMNS = 160;

let shell: Shell;
let readme: string;
let fake: FakeProviders;
beforeAll(async () => {
  shell = await openShell();
  fake = await startFakeProviders();
  readme = await readFile(README, 'utf8');
});
afterAll(async () => {
  await shell.close();
  await fake.close();
});

/** What a block of the page says that a command prints. */
function transcriptOf(command: string): string {
  const begin = readme.indexOf(`\`\`\`console\n$ ${command}\n`);
  expect(begin).toBeGreaterThan(0);
  return readme.slice(readme.indexOf(command, begin) + command.length, readme.indexOf('```', begin + 3));
}

/** Times, sums and where the server is are never the same; `…` stands for the rest of a line. */
function pattern(transcript: string): RegExp {
  const lines = transcript.trim().split('\n');
  const source = lines.map((line) =>
    line
      .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
      .replace(/in \d[\d\\.]* (ms|s)/, 'in [\\d.]+ (ms|s)')
      .replace(/\\\$0\\\.0\d+/g, '\\$$0\\.0\\d+')
      .replace(/\/\/127.*?:8233\/namespaces\/default/, '//\\S+?/namespaces/\\S+?')
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

  it('shows what an analysis of a text from a pipe prints', async () => {
    const [, text = '', args = ''] = /^\$ echo "(.+)" \| npx understudy (.+)$/m.exec(readme) ?? [];
    fake.always('openai', { says: text }, 'summarize');
    const { openai, huggingface } = BUILT_IN_PROVIDERS;
    const config = JSON.stringify({
      providers: {
        openai: { ...openai, baseUrl: fake.openaiUrl('openai') },
        huggingface: { ...huggingface, baseUrl: fake.huggingFaceUrl('huggingface') },
      },
    });
    await shell.write('understudy.yaml', config);
    const env = { ...KEYS, TEMPORAL_ADDRESS: temporalAddress, TEMPORAL_NAMESPACE: testNamespace() };
    const worker = shell.start(['worker'], { env });
    await worker.says(/^ready/m);
    const { code, stdout, stderr } = await shell.understudy(args.split(' '), { env, input: `${text}\n` });
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.any(String) });
    expect(stdout + stderr).toMatch(pattern(transcriptOf(`echo "${text}" | npx understudy ${args}`)));
  });
});
