import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openShell, type Shell } from '../support/command-line.js';
import { startFakeProviders, type FakeProviders } from '../support/fake-providers.js';
import { temporalAddress, testNamespace } from '../support/namespace.js';
import { configFor, KEYS } from '../support/rig.js';
import { until } from '../support/until.js';

/** Two hosts with folders of their own. */
const HOSTS = ['north', 'south'] as const;

let fake: FakeProviders;
let shells: Record<(typeof HOSTS)[number], Shell>;
beforeAll(async () => {
  fake = await startFakeProviders();
  const env = { ...KEYS, TEMPORAL_ADDRESS: temporalAddress, TEMPORAL_NAMESPACE: testNamespace() };
  const [north, south] = await Promise.all(HOSTS.map((host) => openShell({ ...env, UNDERSTUDY_HOST: host })));
  if (!north || !south) throw new Error('expected two shells');
  shells = { north, south };
  for (const shell of [north, south]) await shell.write('understudy.yaml', configFor(fake));
});
afterAll(async () => {
  for (const shell of Object.values(shells)) await shell.close();
  await fake.close();
});

it('keeps the files of a schedule on the host that has them, and waits for it', async () => {
  const { north, south } = shells;
  await mkdir(join(south.folder, 'inbox'));
  await south.write('inbox/one.txt', 'It came quickly and works well.');
  const workers = { north: north.start(['worker']), south: south.start(['worker']) };
  await Promise.all(Object.values(workers).map((worker) => worker.says(/^ready/m)));
  const results = () => readFile(join(south.folder, 'results.jsonl'), 'utf8').catch(() => '');
  const create = ['schedule', 'create', 'inbox', '--every', '2s', '--source', 'file:inbox', '--out', 'results.jsonl'];
  expect(await south.understudy(create)).toMatchObject({ code: 0 });
  await until(async () => (await results()).split('\n').length === 2, 60_000);

  workers.south.signal('SIGKILL');
  await workers.south.ended;
  await south.write('inbox/two.txt', 'It was late, and broken too.');
  await until(
    async () =>
      (await north.understudy(['schedule', 'describe', 'inbox'])).stdout.includes('on south, where no worker'),
    90_000,
  );
  expect((await results()).split('\n')).toHaveLength(2);

  workers.south = south.start(['worker']);
  await until(async () => (await results()).split('\n').length === 3, 120_000);
  await expect(readFile(join(north.folder, 'results.jsonl'), 'utf8')).rejects.toThrow();
  expect((await north.understudy(['schedule', 'describe', 'inbox'])).stdout).toMatch(/^files: on south$/m);
}, 300_000);
