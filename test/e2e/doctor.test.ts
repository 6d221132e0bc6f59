import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { openShell, type Shell } from '../support/command-line.js';
import { startFakeProviders, type FakeProviders } from '../support/fake-providers.js';
import { temporalAddress, testNamespace } from '../support/namespace.js';
import { configFor, KEYS } from '../support/rig.js';

let fake: FakeProviders;
let shell: Shell;
beforeAll(async () => {
  fake = await startFakeProviders();
  shell = await openShell({ TEMPORAL_ADDRESS: temporalAddress, TEMPORAL_NAMESPACE: testNamespace() });
  await shell.write('understudy.yaml', configFor(fake));
});
afterAll(async () => {
  await shell.close();
  await fake.close();
});

it('doctor looks at server, namespace, workers and providers, and says what to mend', async () => {
  const alone = await shell.understudy(['doctor'], { env: KEYS });
  expect(alone.code).toBe(1);
  expect(alone.stdout).toMatch(/^ok\tserver\t127\.0\.0\.1:\d+$/m);
  expect(alone.stdout).toMatch(/^FAIL\ttask queue understudy\tnobody polls it; start a worker with/m);

  const worker = shell.start(['worker'], { env: KEYS });
  await worker.says(/^ready/m);
  const well = await shell.understudy(['doctor'], { env: KEYS });
  expect({ code: well.code, stdout: well.stdout }).toEqual({ code: 0, stdout: expect.not.stringContaining('FAIL') });
  expect(well.stdout).toMatch(/^ok\ttask queue understudy\.openai\tunderstudy@/m);
  expect(well.stdout).toMatch(/^ok\tprovider huggingface\tanswers POSITIVE in \d+ ms$/m);

  fake.always('openai', '401');
  const refused = await shell.understudy(['doctor'], { env: KEYS });
  expect(refused.code).toBe(1);
  expect(refused.stdout).toMatch(/^FAIL\tprovider openai\t401 invalid API key \(set OPENAI_API_KEY\)$/m);

  const elsewhere = await shell.understudy(['doctor'], { env: { OPENAI_API_KEY: KEYS.OPENAI_API_KEY } });
  expect(elsewhere.stdout).toMatch(/^FAIL\tprovider huggingface\tno API key here: set HF_API_TOKEN, or run doctor/m);
  const keyless = await shell.understudy(['doctor']);
  expect({ code: keyless.code, stdout: keyless.stdout }).toEqual({
    code: 0,
    stdout: expect.stringContaining('no API key (set OPENAI_API_KEY); the local provider serves'),
  });
});
