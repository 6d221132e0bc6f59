import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { embeddedPort, openShell, type Ended, type Shell } from '../support/command-line.js';
import { refusingUrl } from '../support/fake-providers.js';
import { temporalAddress, testNamespace } from '../support/namespace.js';

/** 5 s are promised on a machine that does nothing else. */
const LIMIT_MS = 15_000;

let shell: Shell;
beforeAll(async () => {
  const address = new URL(await refusingUrl()).host; // nothing here may need a server but to say that there is none
  shell = await openShell({ TEMPORAL_ADDRESS: address });
  await Promise.all([
    shell.write('empty.txt', ''),
    shell.write('blank.txt', ' \n\t\n'),
    shell.write(
      'binary',
      Uint8Array.from({ length: 512 }, (_, index) => index % 256),
    ),
    shell.write('nul.txt', 'a\0b'),
    shell.write('huge.txt', 'x'.repeat(1024 * 1024 + 1)),
  ]);
});
afterAll(() => shell.close());

function expectClearError({ code, stdout, stderr, tookMs }: Ended, words: RegExp): void {
  expect(stderr).toMatch(words);
  expect(stderr).not.toContain('    at ');
  expect(stderr.trimEnd().split('\n').length).toBeLessThanOrEqual(2);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(tookMs).toBeLessThan(LIMIT_MS);
}

describe('in one or two lines and with exit code 2, the command line refuses', () => {
  it.each<[string, string[], RegExp]>([
    ['an empty text', ['analyze', ''], /text is empty/],
    ['a text of blanks', ['analyze', ' \n '], /text is empty/],
    ['no text', ['analyze'], /no text.*--file/],
    ['a text and a file', ['analyze', 'text', '--file', 'empty.txt'], /not both/],
    ['an empty file', ['analyze', '--file', 'empty.txt'], /empty\.txt is empty/],
    ['a blank file', ['analyze', '--file', 'blank.txt'], /blank\.txt is empty/],
    ['a binary file', ['analyze', '--file', 'binary'], /binary is not text/],
    ['a file with a NUL', ['analyze', '--file', 'nul.txt'], /nul\.txt is not text/],
    ['a file over 1 MiB', ['analyze', '--file', 'huge.txt'], /1048577 bytes.*1 MiB/],
    ['a file that does not exist', ['analyze', '--file', 'none.txt'], /none\.txt: no such file/],
    ['a directory', ['analyze', '--file', '.'], /\.: .*director|EISDIR/],
    ['an unknown option', ['analyze', 'text', '--deadlin', '1h'], /unknown option '--deadlin'/],
    ['an unknown command', ['analyse', 'text'], /unknown command 'analyse'/],
    ['one argument too many', ['analyze', 'a', 'text'], /too many arguments/],
    ['a negative deadline', ['analyze', 'text', '--deadline', '-5s'], /--deadline.*90s, 10m or 1h/],
    ['an unreadable deadline', ['analyze', 'text', '--deadline', 'soon'], /--deadline.*90s, 10m or 1h/],
    ['a deadline of nothing', ['analyze', 'text', '--deadline', '0s'], /--deadline.*90s, 10m or 1h/],
    ['a negative budget', ['analyze', 'text', '--max-cost', '-1'], /--max-cost.*US dollars/],
    ['an unreadable budget', ['analyze', 'text', '--max-cost', 'cheap'], /--max-cost.*US dollars/],
    ['an option without its value', ['analyze', 'text', '--id'], /--id.*argument missing/],
    ['a port out of range', ['run', '--port', '70000'], /--port.*from 1 to 64535/],
    ['a port that is no number', ['up', '--port', 'http'], /--port.*from 1 to 64535/],
    ['an empty text to run', ['run', ''], /text is empty/],
  ])('%s', async (_, args, words) => {
    expectClearError(await shell.understudy(args), words);
  });

  it.each<[string, string | undefined, RegExp]>([
    ['a configuration file that does not exist', undefined, /none\.yaml: no such file.*UNDERSTUDY_CONFIG/],
    ['a configuration that is not YAML', 'providers: [', /bad\.yaml: line \d+: /],
    [
      'an unknown key',
      'providers: { openai: { kind: openai, timeout: 5 }, huggingface: { kind: huggingface } }',
      /bad\.yaml: providers\.openai\.timeout: unknown key; did you mean timeoutMs\?/,
    ],
    [
      'an unknown provider on a route',
      'routes: { summarize: [nobody] }',
      /bad\.yaml: routes\.summarize\[0\]: expected .*nobody/,
    ],
    [
      'a bad duration',
      'providers: { local: { kind: local, timeoutMs: 2s } }',
      /bad\.yaml: providers\.local\.timeoutMs: expected/,
    ],
  ])('%s', async (_, content, words) => {
    const file = content === undefined ? `${shell.folder}/none.yaml` : await shell.write('bad.yaml', content);
    const env = { UNDERSTUDY_CONFIG: file };
    expectClearError(await shell.understudy(['analyze', 'text'], { env }), words);
  });

  it.each(['run', 'up', 'worker', 'batch list', 'schedule list', 'outage list', 'doctor'])(
    'a bad configuration, to %s as well',
    async (command) => {
      const env = { UNDERSTUDY_CONFIG: await shell.write('bad.yaml', 'route: {}') };
      expectClearError(await shell.understudy(command.split(' '), { env }), /bad\.yaml: route: unknown key/);
    },
  );

  it('a profile of the Temporal CLI that does not exist', async () => {
    const env = { TEMPORAL_PROFILE: 'nobody' };
    expectClearError(await shell.understudy(['analyze', 'text'], { env }), /TEMPORAL_.*'nobody' not found/);
  });

  it.each([['analyze', 'text'], ['run'], ['worker'], ['worker', '--check']])('%s without a server', async (...args) => {
    expectClearError(await shell.understudy(args), /no Temporal server answers at 127\.0\.0\.1:\d+/);
  });

  it('a configuration file that is a directory', async () => {
    const env = { UNDERSTUDY_CONFIG: shell.folder };
    expectClearError(await shell.understudy(['analyze', 'text'], { env }), /understudy-e2e-.*directory/);
  });

  it('a server address that is none', async () => {
    const env = { TEMPORAL_ADDRESS: 'not an address' };
    expectClearError(await shell.understudy(['analyze', 'text'], { env }), /not an address/);
  });

  it.each([['analyze', 'text'], ['run'], ['worker'], ['worker', '--check']])(
    '%s in a namespace that does not exist',
    async (...args) => {
      const env = { TEMPORAL_ADDRESS: temporalAddress, TEMPORAL_NAMESPACE: 'nowhere' };
      expectClearError(await shell.understudy(args, { env }), /namespace.*nowhere/i);
    },
  );

  it('an id alone, of a run that nobody started', async () => {
    const env = { TEMPORAL_ADDRESS: temporalAddress, TEMPORAL_NAMESPACE: testNamespace() };
    expectClearError(await shell.understudy(['analyze', '--id', 'nobody'], { env }), /there is no run nobody/);
  });

  it.each([
    ['that is empty', ''],
    ['that is longer than a server takes', 'x'.repeat(2_000)],
  ])('an id %s', async (_, id) => {
    const env = { TEMPORAL_ADDRESS: temporalAddress, TEMPORAL_NAMESPACE: testNamespace() };
    expectClearError(await shell.understudy(['analyze', 'text', '--id', id], { env }), /id/);
  });

  it('a home for the embedded server that cannot be one', async () => {
    const env = { TEMPORAL_ADDRESS: '', UNDERSTUDY_HOME: join(shell.folder, 'empty.txt', 'home') };
    const port = String(await embeddedPort());
    expectClearError(await shell.understudy(['run', '--port', port], { env }), /empty\.txt/);
  });
});
