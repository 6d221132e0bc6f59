import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import proto from '@temporalio/proto';
import { startFakeProviders, type FakeProviders } from '../support/fake-providers.js';
import { temporalAddress, testNamespace } from '../support/namespace.js';
import { KEYS } from '../support/rig.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
const exec = promisify(execFile);

let project: string;
let tarball: string;
let fake: FakeProviders;
beforeAll(async () => {
  fake = await startFakeProviders();
  project = await mkdtemp(join(tmpdir(), 'understudy-installed-'));
  const packed = await exec('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', project], {
    cwd: root,
  });
  const [{ filename }] = JSON.parse(packed.stdout) as [{ filename: string }];
  tarball = join(project, filename);
  await writeFile(join(project, 'package.json'), '{ "name": "mine", "type": "module", "private": true }');
  await exec('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', tarball], { cwd: project });
}, 300_000);
afterAll(async () => {
  await fake.close();
  await rm(project, { recursive: true });
});

/** The code blocks of a page of the documentation, as they stand there. */
async function blocksOf(page: string): Promise<string[]> {
  const text = await readFile(join(root, page), 'utf8');
  return [...text.matchAll(/```ts\n(.*?)```/gs)].map(([, code = '']) => code);
}

const env = { PATH: process.env.PATH, HOME: process.env.HOME, ...KEYS, MY_KEY: 'cd'.repeat(32) };
const server = () => ({ TEMPORAL_ADDRESS: temporalAddress, TEMPORAL_NAMESPACE: testNamespace() });
const configFor = (more = '') => `providers:
  openai: { kind: openai, baseUrl: "${fake.openaiUrl('openai')}", model: m, price: { inputPerMillionTokens: 1, outputPerMillionTokens: 1 } }
  huggingface: null
tasks: { reply: { instruction: "reply: Reply." } }
routes: { summarize: [openai], sentiment: [openai], reply: [openai] }
${more}`;

/** A process that stays until the end of the work. */
async function beside<T>(command: [string, ...string[]], cwd: string, work: () => Promise<T>): Promise<T> {
  const [program, ...args] = command;
  const running = spawn(program, args, { cwd, env: { ...env, ...server() }, stdio: 'ignore' });
  try {
    return await work();
  } finally {
    running.kill('SIGTERM');
    await once(running, 'exit');
  }
}

it('compiles and runs what the documentation shows, from the tarball, in a project with nothing else', async () => {
  const blocks = await blocksOf('docs/your-workflow.md');
  const [workflows = '', worker = '', client = ''] = blocks.map((block) =>
    block
      .replace("taskQueue: 'mine',\n", `taskQueue: 'mine',\n  namespace: '${testNamespace()}',\n`)
      .replace(
        "plugins: [new UnderstudyPlugin({ config: './understudy.yaml' })],\n});\nconsole",
        `namespace: '${testNamespace()}',\n  plugins: [new UnderstudyPlugin({ config: './understudy.yaml' })],\n});\nconsole`,
      )
      .replace('onnection.connect()', `onnection.connect({ address: '${temporalAddress}' })`)
      .replace('./my-workflows.ts', './my-workflows.js'),
  );
  await writeFile(join(project, 'my-workflows.ts'), workflows);
  await writeFile(join(project, 'worker.ts'), worker);
  await writeFile(join(project, 'client.ts'), client);
  await writeFile(
    join(project, 'provider.ts'),
    `import type { ProviderModule } from 'temporal-understudy/providers';
export const mine: ProviderModule = { ask: async ({ task }, text) => ({ value: task + text }) };`,
  );
  const common = ['--strict', '--target', 'es2023', '--skipLibCheck', '--types', 'node'];
  const typeRoots = ['--typeRoots', join(root, 'node_modules', '@types')];
  const files = ['my-workflows.ts', 'worker.ts', 'client.ts', 'provider.ts'];
  for (const how of [
    ['--module', 'esnext', '--moduleResolution', 'bundler', '--noEmit'],
    ['--module', 'nodenext', '--moduleResolution', 'nodenext'],
  ]) {
    await exec(process.execPath, [tsc, ...common, ...typeRoots, ...how, ...files], { cwd: project }).catch(
      (error: unknown) => {
        throw new Error((error as { stdout: string }).stdout);
      },
    );
  }

  fake.always('openai', { says: { label: 'NEGATIVE', score: 0.9 } }, 'sentiment');
  fake.always('openai', { says: 'Pardon.' }, 'reply');
  await writeFile(join(project, 'understudy.yaml'), configFor());
  const installed = join(project, 'node_modules', '.bin', 'understudy');
  const started = await beside([process.execPath, 'worker.js'], project, () =>
    exec(installed, ['start', 'triage', '"Broken!"', '--task-queue', 'mine'], {
      cwd: project,
      env: { ...env, ...server() },
    }),
  );
  expect(started.stdout).toBe('"Pardon."\n');
}, 180_000);

it('encrypts what the plugin of a worker and of a client sends, and the vendor is asked in the clear', async () => {
  await writeFile(join(project, 'understudy.yaml'), configFor('encryption: { keys: [{ id: k1, env: MY_KEY }] }'));
  const { stdout } = await beside([process.execPath, 'worker.js'], project, () =>
    exec(process.execPath, ['client.js'], { cwd: project, env }),
  );
  expect(stdout).toBe('Pardon.\n');
  expect(fake.requestsTo('openai', 'reply').at(-1)?.text).toBe('Broken!');
  const connection = await Connection.connect({ address: temporalAddress });
  const plain = new Client({ connection, namespace: testNamespace() });
  const history = await plain.workflow.getHandle('ticket-17').fetchHistory();
  const bytes = Buffer.from(proto.temporal.api.history.v1.History.encode(history).finish());
  expect(bytes.includes('binary/encrypted')).toBe(true);
  for (const secret of ['Broken!', 'Pardon.', 'NEGATIVE']) expect(bytes.includes(secret)).toBe(false);
  await connection.close();
}, 120_000);

it('works as a command that is installed globally, from an empty folder', async () => {
  const prefix = join(project, 'global');
  const empty = join(project, 'empty');
  const elsewhere = join(project, 'elsewhere');
  for (const folder of [prefix, empty, elsewhere]) await mkdir(folder);
  await writeFile(join(elsewhere, 'understudy.yaml'), configFor());
  await exec('npm', [
    'install',
    '--global',
    '--prefix',
    prefix,
    '--prefer-offline',
    '--no-audit',
    '--no-fund',
    tarball,
  ]);
  const understudy = join(prefix, 'bin', 'understudy');
  const run = (...args: string[]) =>
    exec(understudy, args, { cwd: empty, env: { ...env, ...server(), UNDERSTUDY_HOME: join(project, 'home') } });
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
  expect((await run('--version')).stdout).toBe(`${version}\n`);
  expect((await run('--help')).stdout).toContain('analyze');
  const analyzed = await beside([understudy, 'worker'], elsewhere, () => run('analyze', 'The kettle came late.'));
  expect(analyzed.stdout).toMatch(/^Summary: In short: The kettle came late\.\nSentiment: NEGATIVE \(0\.\d\d\)\n$/);
  expect(await readdir(empty)).toEqual([]);
}, 300_000);
