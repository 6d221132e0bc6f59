import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { widthOf } from '../../src/commands/terminal/width.js';
import { openShell, type Shell } from '../support/command-line.js';
import { startFakeProviders, type FakeProviders } from '../support/fake-providers.js';
import { temporalAddress, testNamespace } from '../support/namespace.js';
import { onTerminal } from '../support/on-terminal.js';
import { configFor, KEYS } from '../support/rig.js';
import { until } from '../support/until.js';

const TEXT = 'The delivery was quick. The box was dented but everything inside worked. I would order again.';
const TEXTS = ['It came quickly and works well.', 'It broke after a day.', 'It is a kettle.'];
const STAGE_MS = 120_000;
const COMMAND_MS = 60_000;
const ESC = String.fromCharCode(27);
const STYLES = new RegExp(`${ESC}\\[\\d+(;\\d+)*m`, 'g');

let fake: FakeProviders;
let shell: Shell;
let env: Record<string, string>;
beforeAll(async () => {
  fake = await startFakeProviders();
  env = { TEMPORAL_ADDRESS: temporalAddress, TEMPORAL_NAMESPACE: testNamespace() };
  shell = await openShell(env);
  const config = await shell.write('understudy.yaml', configFor(fake));
  const worker = shell.start(['worker'], { env: { ...KEYS, UNDERSTUDY_CONFIG: config } });
  await worker.says(/^ready/m);

  await shell.understudy(['analyze', TEXT, '--id', 'plain']);
  fake.always('openai', '422', 'summarize'); // opens no outage
  await shell.understudy(['analyze', TEXT, '--id', 'switched']);
  fake.always('huggingface', '404');
  await shell.understudy(['analyze', TEXT, '--id', 'hopeless']);
  for (const name of ['openai', 'huggingface']) fake.always(name, undefined);
  await shell.write('texts.jsonl', TEXTS.map((text) => JSON.stringify({ text })).join('\n'));
  const one = ['--concurrency', '1']; // in their order
  await shell.understudy(['batch', 'texts.jsonl', '--out', 'results.jsonl', '--id', 'texts', ...one]);
  await shell.understudy(
    ['schedule', 'create', 'nightly', '--cron', '0 3 * * *', '--text', TEXT].concat(['--out', 'nightly.jsonl']),
  );
  await shell.understudy(['provider', 'disable', 'openai', '--reason', 'price jump']);
  await until(async () => (await shell.understudy(['runs', 'list', '--json'])).stdout.includes('hopeless'));
}, STAGE_MS);
afterAll(async () => {
  await shell.close();
  await fake.close();
});

const COMMANDS = [
  ['runs', 'list'],
  ['runs', 'list', '--failed-over'],
  ['runs', 'show', 'switched'],
  ['runs', 'show', 'hopeless'],
  ['batch', 'list'],
  ['batch', 'status', 'texts'],
  ['schedule', 'list'],
  ['schedule', 'describe', 'nightly'],
  ['provider', 'list'],
  ['outage', 'list'],
  ['outage', 'show', 'openai'],
  ['config', 'check'],
  ['config', 'show'],
  ['runs', 'show', 'nobody'],
  ['batch', 'status', 'nobody'],
  ['schedule', 'describe', 'nobody'],
  ['provider', 'disable', 'nobody'],
];

/** What is another one each time, and the room beside it. */
function masked(written: string): string {
  return written
    .replaceAll('\r\n', '\n')
    .replaceAll(shell.folder, 'FOLDER')
    .replaceAll(testNamespace(), 'NAMESPACE')
    .replace(/https?:\/\/127\.0\.0\.1:\d+/g, 'http://ADDRESS')
    .replace(/127\.0\.0\.1:\d+/g, 'ADDRESS')
    .replace(/[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}/g, 'ID')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
    .replace(/\b(in |\()?\d+(\.\d+)? ?(ms|s|min|h)( ago)?\b/g, 'SPAN')
    .replace(/\b\d\d:\d\d(:\d\d)?\b/g, 'CLOCK')
    .replace(/understudy@\S+/g, 'WORKER')
    .replace(/\S*…/g, '…') // where it is cut depends on the times beside it
    .replace(/ {2,}|─{2,}/g, '  ');
}

describe.each(COMMANDS.map((args) => [args.join(' '), args] as const))('%s', (_, args) => {
  it(
    'writes for programs what it always did',
    async () => {
      const { code, stdout, stderr } = await shell.understudy(args);
      expect(`exit ${code}\n${masked(stdout)}--\n${masked(stderr)}`).toMatchSnapshot();
      expect(stdout + stderr).not.toContain(ESC);
    },
    COMMAND_MS,
  );

  it.each([60, 80, 200])(
    'fits a terminal of %d columns',
    async (columns) => {
      const plain = await onTerminal({ args, cwd: shell.folder, env: { ...env, NO_COLOR: '1' }, columns });
      const coloured = await onTerminal({ args, cwd: shell.folder, env: { ...env, FORCE_COLOR: '1' }, columns });
      expect(plain.written).not.toContain(`${ESC}[3`);
      // Which columns of a list are spared, and where it is cut, depends on the times in it.
      if (args[1] !== 'list' || columns === 200) {
        expect(`exit ${plain.code}\n${masked(plain.written)}`).toMatchSnapshot();
        // Colours come on top: nothing is told by them alone.
        expect(masked(coloured.written.replace(STYLES, ''))).toBe(masked(plain.written));
      }
      // Sentences and YAML a terminal breaks by itself; what has columns may not be broken.
      if (plain.code !== 0 || args[0] === 'config') return;
      const lines = plain.written.split(/\r?\n/).filter((line) => !/https?:|npx /.test(line));
      for (const line of lines) expect({ line, fits: widthOf(line) <= columns }).toEqual({ line, fits: true });
    },
    COMMAND_MS,
  );
});
