import { until } from '../support/until.js';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { openShell, type Shell } from '../support/command-line.js';
import { startFakeProviders, type FakeProviders } from '../support/fake-providers.js';
import { temporalAddress, testNamespace } from '../support/namespace.js';
import { configFor, KEYS } from '../support/rig.js';
import { startWebhookReceiver, type WebhookReceiver } from '../support/webhook-receiver.js';

let fake: FakeProviders;
let receiver: WebhookReceiver;
let shell: Shell;
beforeAll(async () => {
  fake = await startFakeProviders();
  receiver = await startWebhookReceiver();
  shell = await openShell({ TEMPORAL_ADDRESS: temporalAddress, TEMPORAL_NAMESPACE: testNamespace() });
  await shell.write('understudy.yaml', configFor(fake, `notices: [{ webhook: "${receiver.url}" }]`));
});
afterAll(async () => {
  await shell.close();
  await receiver.close();
  await fake.close();
});

it('doctor asks every worker for each provider and task from a shell without keys, and says what to mend', async () => {
  const alone = await shell.understudy(['doctor']);
  expect(alone.code).toBe(1);
  expect(alone.stdout).toMatch(/^ok\tserver\t127\.0\.0\.1:\d+, version \d/m);
  expect(alone.stdout).toMatch(/^ok\tsearch attributes\tall there$/m);
  expect(alone.stdout).toMatch(/^FAIL\tworkers\tno worker is known to the server; start one with/m);

  const worker = shell.start(['worker'], { env: KEYS });
  const other = shell.start(['worker', '--serve', 'openai'], { env: { OPENAI_API_KEY: KEYS.OPENAI_API_KEY } });
  await Promise.all([worker.says(/^ready/m), other.says(/^ready/m)]);
  let well = await shell.understudy(['doctor']);
  await until(async () => {
    well = await shell.understudy(['doctor']); // the server hears of a worker that has just started a little later
    return [worker, other].every(({ pid }) => well.stdout.includes(`:${pid}\t`));
  }, 30_000);
  expect({ code: well.code, stdout: well.stdout }).toEqual({ code: 0, stdout: expect.not.stringContaining('FAIL') });
  for (const { pid } of [worker, other]) {
    expect(well.stdout).toMatch(
      new RegExp(`^ok\tworker \\S+:${pid}\t.*openai.*; build \\S+ \\([0-9a-f]{10}\\), Node v`, 'm'),
    );
    expect(well.stdout).toMatch(new RegExp(`^ok\topenai summarize on \\S+:${pid}\tanswers in \\d+ ms$`, 'm'));
  }
  expect(well.stdout).toMatch(/^ok\thuggingface sentiment on \S+\tanswers in \d+ ms$/m);

  fake.always('openai', '401');
  const refused = await shell.understudy(['doctor', '--json']);
  expect(refused.code).toBe(1);
  const { findings } = JSON.parse(refused.stdout) as { findings: { subject: string; well: boolean; remark: string }[] };
  const unwell = findings.filter((each) => !each.well);
  expect(unwell).toHaveLength(4); // two tasks on each of two workers
  for (const finding of unwell) {
    expect(finding).toMatchObject({
      subject: expect.stringMatching(/^openai (summarize|sentiment) on /),
      remark: 'Auth: 401 invalid API key (set OPENAI_API_KEY)',
      todo: expect.stringContaining('set the key'),
    });
  }

  expect(await shell.understudy(['doctor', '--notices'])).toMatchObject({ code: 0, stdout: '1 took the notice\n' });
  expect(receiver.received.map(({ body }) => (JSON.parse(body) as { type: string }).type)).toEqual(['test']);
}, 120_000);

it('setup makes namespace and search attributes, and does nothing the second time', async () => {
  const env = { TEMPORAL_NAMESPACE: `${testNamespace()}-new` };
  const first = await shell.understudy(['setup'], { env });
  expect(first).toMatchObject({ code: 0, stdout: expect.stringMatching(/created[^]*UnderstudyCostUsd: added/) });
  const second = await shell.understudy(['setup'], { env });
  expect(second).toMatchObject({ code: 0, stdout: expect.not.stringMatching(/created|added/) });
});
