import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startFakeProviders, type FakeProviders } from '../support/fake-providers.js';
import { temporalAddress, testNamespace } from '../support/namespace.js';
import { KEYS } from '../support/rig.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
const exec = promisify(execFile);

let project: string;
let fake: FakeProviders;
beforeAll(async () => {
  fake = await startFakeProviders();
  project = await mkdtemp(join(tmpdir(), 'understudy-installed-'));
  const packed = await exec('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', project], {
    cwd: root,
  });
  const [{ filename }] = JSON.parse(packed.stdout) as [{ filename: string }];
  await writeFile(join(project, 'package.json'), '{ "name": "mine", "type": "module", "private": true }');
  await exec('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', `./${filename}`], { cwd: project });
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

it('compiles and runs what the documentation shows, from the tarball, in a project with nothing else', async () => {
  const [workflows = '', worker = ''] = await blocksOf('docs/your-workflow.md');
  const asShown = worker
    .replace("taskQueue: 'mine',", `taskQueue: 'mine', namespace: '${testNamespace()}',`)
    .replace('NativeConnection.connect()', `NativeConnection.connect({ address: '${temporalAddress}' })`);
  await writeFile(join(project, 'my-workflows.ts'), workflows);
  await writeFile(join(project, 'worker.ts'), asShown.replace('./my-workflows.ts', './my-workflows.js'));
  await writeFile(
    join(project, 'provider.ts'),
    `import type { ProviderModule } from 'temporal-understudy/providers';
export const mine: ProviderModule = { ask: async ({ task }, text) => ({ value: task + text }) };`,
  );
  await writeFile(
    join(project, 'understudy.yaml'),
    `providers:
  openai: { kind: openai, baseUrl: "${fake.openaiUrl('openai')}", model: m, price: { inputPerMillionTokens: 1, outputPerMillionTokens: 1 } }
tasks: { reply: { instruction: "reply: Reply." } }
routes: { sentiment: [openai], reply: [openai] }`,
  );
  const common = ['--strict', '--target', 'es2023', '--skipLibCheck', '--types', 'node'];
  const typeRoots = ['--typeRoots', join(root, 'node_modules', '@types')];
  const files = ['my-workflows.ts', 'worker.ts', 'provider.ts'];
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
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, ...KEYS };
  const running = spawn(process.execPath, ['worker.js'], { cwd: project, env, stdio: 'ignore' });
  const address = { TEMPORAL_ADDRESS: temporalAddress, TEMPORAL_NAMESPACE: testNamespace() };
  const installed = join(project, 'node_modules', '.bin', 'understudy');
  const started = await exec(installed, ['start', 'triage', '"Broken!"', '--task-queue', 'mine'], {
    cwd: project,
    env: { ...env, ...address },
  });
  expect(started.stdout).toBe('"Pardon."\n');
  running.kill('SIGTERM');
  await once(running, 'exit');
}, 180_000);
