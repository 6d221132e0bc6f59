import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { openShell } from '../../support/command-line.js';
import { startFakeProviders, type FakeProviders } from '../../support/fake-providers.js';
import { temporalAddress, testNamespace } from '../../support/namespace.js';
import { configFor, openRig, type Rig } from '../../support/rig.js';
import { until } from '../../support/until.js';

const RUNS = 100;
const KEYS = { ROTATION_OLD: '11'.repeat(32), ROTATION_NEW: '22'.repeat(32) };
const OLD = '{ id: old, env: ROTATION_OLD }';
const NEW = '{ id: new, env: ROTATION_NEW }';

let fake: FakeProviders;
const rigs: Rig[] = [];
beforeAll(async () => {
  Object.assign(process.env, KEYS);
  fake = await startFakeProviders();
});
afterEach(async () => {
  for (const rig of rigs.splice(0)) await rig.close();
});
afterAll(() => fake.close());

const yamlWith = (...keys: string[]) => configFor(fake, `encryption: { keys: [${keys.join(', ')}] }`);
async function rigWith(...keys: string[]): Promise<Rig> {
  const rig = await openRig(() => yamlWith(...keys));
  rigs.push(rig);
  return rig;
}

/** The next fleet is there before the last one goes, as in a rolling update. */
async function replaced(rig: Rig, ...keys: string[]): Promise<Rig> {
  const next = await rigWith(...keys);
  rigs.splice(rigs.indexOf(rig), 1);
  await rig.close();
  return next;
}

function keysIn(history: object): string[] {
  const ids = [...JSON.stringify(history).matchAll(/"encryption-key-id":"([^"]+)"/g)].map(([, id = '']) => id);
  return [...new Set(ids.map((id) => Buffer.from(id, 'base64').toString()))].sort();
}

it(`keys change under ${RUNS} waiting runs, and all of them end`, async () => {
  for (const name of ['openai', 'huggingface']) fake.always(name, '500');
  let rig = await rigWith(OLD);
  const started = Array.from({ length: RUNS }, (_, run) => rig.start({ text: `Run ${run} was quick.` }));
  const ids = (await Promise.all(started)).map(({ workflowId }) => workflowId);
  await until(() => fake.log.length > 2);

  rig = await replaced(rig, OLD, NEW);
  rig = await replaced(rig, NEW, OLD);
  for (const name of ['openai', 'huggingface']) fake.always(name, undefined);
  const results = await Promise.all(ids.map((id) => rig.client.workflow.getHandle(id).result()));
  expect(new Set(results.map((result) => JSON.stringify((result as { summary: string }).summary))).size).toBe(RUNS);
  expect(keysIn(await rig.client.workflow.getHandle(ids[0] ?? '').fetchHistory())).toEqual(['new', 'old']);

  rig = await replaced(rig, NEW);
  await expect(rig.client.workflow.getHandle(ids[0] ?? '').describe()).resolves.toBeDefined();
  const old = await rigWith(OLD);
  await expect(old.client.workflow.getHandle(ids[0] ?? '').result()).rejects.toThrow(
    'encrypted with the key "new", which is not among the keys here (old)',
  );
}, 120_000);

it('a command without the key sends nothing, and names the variable', async () => {
  const shell = await openShell({ TEMPORAL_ADDRESS: temporalAddress, TEMPORAL_NAMESPACE: testNamespace() });
  await shell.write('understudy.yaml', yamlWith(NEW));
  const without = await shell.understudy(['analyze', 'A text.', '--id', 'without-a-key', '--no-wait']);
  expect(without).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('ROTATION_NEW is not set') });
  const rig = await rigWith(NEW);
  await expect(rig.client.workflow.getHandle('without-a-key').describe()).rejects.toThrow(/not found/i);

  const env = { ROTATION_NEW: KEYS.ROTATION_NEW };
  const withIt = await shell.understudy(['analyze', 'A text.', '--id', 'with-the-key', '--json'], { env });
  expect(withIt.code).toBe(0);
  expect(JSON.parse(withIt.stdout)).toMatchObject({ summary: expect.stringContaining('A text') });

  const other = { ROTATION_NEW: KEYS.ROTATION_OLD };
  const withAnother = await shell.understudy(['analyze', 'A text.', '--id', 'with-the-key', '--json'], { env: other });
  expect(withAnother).toMatchObject({ code: 2, stderr: expect.stringContaining('the key new') });
  await shell.close();
});
