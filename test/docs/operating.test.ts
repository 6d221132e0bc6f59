import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { openShell, type Shell } from '../support/command-line.js';
import { Drawn } from '../support/drawn.js';
import { startFakeProviders, type FakeProviders } from '../support/fake-providers.js';
import { temporalAddress, testNamespace } from '../support/namespace.js';
import { onTerminal } from '../support/on-terminal.js';
import { configFor, KEYS } from '../support/rig.js';
import { until } from '../support/until.js';

const PAGE = fileURLToPath(new URL('../../docs/operating.md', import.meta.url));
const LIMIT_MS = 120_000;
const SERVER = { TEMPORAL_ADDRESS: temporalAddress, TEMPORAL_NAMESPACE: testNamespace() };

let fake: FakeProviders;
let shell: Shell;
let page: string;
beforeAll(async () => {
  page = await readFile(PAGE, 'utf8');
  fake = await startFakeProviders();
  shell = await openShell(SERVER);
  await shell.write('understudy.yaml', configFor(fake));
  const worker = shell.start(['worker'], { env: KEYS });
  await worker.says(/^ready/m);
  await until(async () => !(await shell.understudy(['provider', 'list'])).stdout.includes('no worker')); // seen by the server
}, LIMIT_MS);
afterAll(async () => {
  await shell.close();
  await fake.close();
});

/** Commands of the block that begins with this one, each with what the page says that it prints. */
function stepsFrom(first: string): { args: string[]; prints: string[] }[] {
  const block = page.split('```console\n').find((each) => each.startsWith(`$ npx understudy ${first}`)) ?? '';
  const [body = ''] = block.split('```');
  return body
    .split('$ npx understudy ')
    .filter(Boolean)
    .map((step) => {
      const [command = '', ...prints] = step.trimEnd().split('\n');
      const args = [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
      return { args, prints: prints.map(masked) };
    });
}

/** Times are never the same. */
const masked = (line: string) => line.replace(/\b\d\d:\d\d\b/g, 'HH:MM').trimEnd();

it(
  'takes a provider out and back with the words that the page has',
  async () => {
    const steps = stepsFrom('provider disable');
    expect(steps.length).toBeGreaterThan(3);
    for (const { args, prints } of steps) {
      const { written } = await onTerminal({
        args,
        cwd: shell.folder,
        env: { ...SERVER, NO_COLOR: '1' },
        columns: 100,
      });
      const screen = new Drawn(100);
      screen.write(written);
      expect(screen.rows().map(masked)).toEqual(prints);
    }
  },
  LIMIT_MS,
);
