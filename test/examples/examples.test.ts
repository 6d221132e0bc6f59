import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { parse, stringify } from 'yaml';
import { temporalAddress, testNamespace } from '../support/namespace.js';
import { startPlainVendor, type PlainVendor, type VendorCall } from '../support/plain-vendor.js';
import { KEYS } from '../support/rig.js';
import { startSummaries, type Summaries } from './summaries.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const example = (name: string) => join(root, 'examples', name);

let vendor: PlainVendor;
let summaries: Summaries;
let folder: string;
const running: ChildProcess[] = [];
beforeAll(async () => {
  vendor = await startPlainVendor(saysAsAModel);
  summaries = await startSummaries();
  folder = await mkdtemp(join(tmpdir(), 'understudy-examples-'));
});
afterEach(async () => {
  for (const child of running.splice(0)) {
    child.kill('SIGTERM');
    if (child.exitCode === null) await once(child, 'exit');
  }
});
afterAll(async () => {
  await vendor.close();
  await summaries.close();
  await rm(folder, { recursive: true });
});

/** Claude is overloaded, so that the reply is somebody else's. */
function saysAsAModel({ wire, told }: VendorCall) {
  if (wire === 'messages') return { status: 529, message: 'Overloaded' };
  if (told.includes('Name the topics')) return '["delivery", "support"]';
  if (told.includes('Draft a short'))
    return 'We are sorry that your kettle came late. A colleague will call you today.';
  return '{"label":"NEGATIVE","score":0.97}';
}

/** The configuration of an example as it stands, with its vendors where the test has them. */
async function configOf(name: string): Promise<string> {
  const config = parse(await readFile(join(example(name), 'understudy.yaml'), 'utf8')) as {
    providers: Record<string, { kind: string; module?: string } & Record<string, unknown>>;
  };
  for (const settings of Object.values(config.providers)) {
    if (settings.kind === 'module') {
      settings.module = join(example(name), settings.module ?? '');
      settings.options = { url: `${summaries.url}/summaries` };
    } else if (settings.kind === 'huggingface') settings.baseUrl = summaries.url;
    else settings.baseUrl = settings.kind === 'anthropic' ? vendor.url : `${vendor.url}/v1`;
  }
  const path = join(folder, `${name}.yaml`);
  await writeFile(path, stringify(config));
  return path;
}

interface Step {
  command: string;
  prints: string;
}

/** What a README shows: each command, and what it prints until the next one. */
function stepsIn(page: string): Step[] {
  const blocks = [...page.matchAll(/```console\n(.*?)```/gs)].map(([, block = '']) => block);
  return blocks.flatMap((block) =>
    block
      .split(/^\$ /m)
      .slice(1)
      .map((step) => {
        const [command = '', ...lines] = step.trimEnd().split('\n');
        return { command, prints: lines.join('\n') };
      }),
  );
}

/** Without what is another one each time: ids, times, money, addresses, and that a worker has only just started. */
function masked(output: string): string {
  return output
    .replace(/^no worker answers yet;.*\n/gm, '')
    .replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'ID')
    .replace(/\b\d+(?:\.\d+)? (?:ms|s|min)\b/g, 'TIME')
    .replace(/\$\d+(?:\.\d+)?/g, 'MONEY')
    .replace(/127\.0\.0\.1:\d+/g, 'ADDRESS')
    .replace(new RegExp(testNamespace(), 'g'), 'default')
    .trim();
}

/** A command as a person types it, in the folder of an example; what it prints is on one stream, in its order. */
function run(command: string, cwd: string, config: string): ChildProcess {
  const env = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    UNDERSTUDY_HOME: join(folder, 'home'),
    UNDERSTUDY_CONFIG: config,
    TEMPORAL_ADDRESS: temporalAddress,
    TEMPORAL_NAMESPACE: testNamespace(),
    ANTHROPIC_API_KEY: 'sk-ant-test',
    MY_KEY: 'my-key',
    TEMPORAL_CLI_PATH: process.env.TEST_TEMPORAL_CLI,
    ...KEYS,
  };
  const line = command.replace(/^npx understudy/, `'${process.execPath}' '${root}/bin/understudy.mjs'`);
  const child = spawn('sh', ['-c', `exec ${line} 2>&1`], { cwd, env, stdio: ['ignore', 'pipe', 'ignore'] });
  running.push(child);
  return child;
}

/** Does what a README shows, and compares what that prints. With `UPDATE_EXAMPLES=1` it is written into the README instead. */
async function play(name: string, config: string): Promise<void> {
  const page = join(example(name), 'README.md');
  let written = await readFile(page, 'utf8');
  for (const { command, prints } of stepsIn(written)) {
    const printed = await printedBy(run(command, example(name), config));
    if (process.env.UPDATE_EXAMPLES === '1') {
      const shown = `$ ${command}\n${prints === '' ? '' : `${prints}\n`}`;
      written = written.replace(shown, () => `$ ${command}\n${asInReadme(printed)}\n`);
    } else {
      expect({ command, prints: masked(printed) }).toEqual({ command, prints: masked(prints) });
    }
  }
  if (process.env.UPDATE_EXAMPLES === '1') await writeFile(page, written);
}

/** All that a command prints; of one that stays, as a worker does, up to the line that says that it is ready. */
async function printedBy({ stdout }: ChildProcess): Promise<string> {
  if (!stdout) throw new Error('no output');
  let printed = '';
  for await (const chunk of stdout.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
    printed += String(chunk);
    if (/^ready.*\n/m.test(printed)) break;
  }
  stdout.resume();
  return printed.trimEnd();
}

/** As it is on a person's machine. */
function asInReadme(printed: string): string {
  const there = printed
    .replace(/http:\/\/127\.0\.0\.1:\d+/g, 'http://127.0.0.1:8233')
    .replaceAll(testNamespace(), 'default');
  return there.replace(/ 127\.0\.0\.1:\d+/g, ' 127.0.0.1:7233');
}

describe('what the README of an example shows is what it prints', () => {
  it('triage', async () => {
    await play('triage', await configOf('triage'));
  }, 120_000);

  it('own-worker', async () => {
    await play('own-worker', await configOf('triage'));
  }, 120_000);

  it('own-provider', async () => {
    summaries.fails(1);
    await play('own-provider', await configOf('own-provider'));
  }, 120_000);
});
