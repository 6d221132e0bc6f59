import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { embeddedPort, isFree, openShell, processesNaming, type Shell } from '../support/command-line.js';
import { startFakeProviders, type FakeProviders } from '../support/fake-providers.js';
import { itStartsServer } from '../support/it-starts-server.js';
import { temporalAddress, testNamespace } from '../support/namespace.js';
import { configFor, KEYS } from '../support/rig.js';
import { until } from '../support/until.js';

const TWO_LINES = /^Summary: .+\nSentiment: (POSITIVE|NEGATIVE|NEUTRAL) \(\d\.\d\d\)\n$/;
const TEXT = 'The delivery was quick. The box was dented but everything inside worked. I would order again.';

/** The call in flight may take 2 s; everything else takes about one. */
const STOP_LIMIT_MS = 15_000;

let fake: FakeProviders;
let shell: Shell;
let port: number;
let withKeys: { env: Record<string, string> };

beforeEach(async () => {
  fake = await startFakeProviders();
  shell = await openShell();
  port = await embeddedPort();
  withKeys = { env: { ...KEYS, UNDERSTUDY_CONFIG: await shell.write('providers.yaml', configFor(fake)) } };
});
afterEach(async () => {
  await shell.close();
  await fake.close();
});

/** The embedded server names its database in its command line. */
const servers = () => processesNaming(join(shell.folder, 'home'));

describe('run', () => {
  itStartsServer('prints two lines on a server of its own, and leaves no process behind', async () => {
    const command = shell.start(['run', TEXT, '--port', String(port)], withKeys);
    await until(async () => (await servers()).length === 1);
    const { code, stdout, stderr } = await command.ended;
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: expect.stringContaining('summarized by openai, judged by huggingface, in '),
    });
    expect(stdout).toMatch(TWO_LINES);
    expect(stdout).toContain('Summary: In short: The delivery was quick.');
    expect(await servers()).toEqual([]);
    expect(await isFree(port)).toBe(true);
  });

  itStartsServer('answers with the local provider when no key is set, and says which to set', async () => {
    const { code, stdout, stderr } = await shell.understudy(['run', '--port', String(port)]);
    expect(stdout).toMatch(TWO_LINES);
    expect(stderr).toContain('local provider');
    expect(stderr).toMatch(/set OPENAI_API_KEY and HF_API_TOKEN/);
    expect(code).toBe(0);
  });

  itStartsServer.each([
    ['summarize', 'openai', 'huggingface', 'OPENAI_API_KEY'],
    ['sentiment', 'huggingface', 'openai', 'HF_API_TOKEN'],
  ] as const)('to %s, says that %s refuses its key and switches to %s', async (task, primary, other, variable) => {
    fake.always(primary, '401', task);
    const { code, stdout, stderr } = await shell.understudy(['run', TEXT, '--port', String(port)], withKeys);
    expect(stderr).toContain(`${primary} failed: Auth: 401 invalid API key (set ${variable}); switching to ${other}\n`);
    expect(stdout).toMatch(TWO_LINES);
    expect(code).toBe(0);
    expect(fake.requestsTo(primary, task)).toHaveLength(1);
    expect(fake.requestsTo(other, task)).toHaveLength(1);
  });

  it('starts no server when TEMPORAL_ADDRESS names one', async () => {
    const env = { ...withKeys.env, TEMPORAL_ADDRESS: temporalAddress, TEMPORAL_NAMESPACE: testNamespace() };
    const { code, stdout } = await shell.understudy(['run', TEXT, '--port', String(port)], { env });
    expect(code).toBe(0);
    expect(stdout).toMatch(TWO_LINES);
    await expect(access(join(shell.folder, 'home'))).rejects.toThrow('ENOENT');
  });

  itStartsServer.each(['SIGINT', 'SIGTERM'] as const)(
    'leaves no process behind after %s, and exits 130',
    async (signal) => {
      fake.always('openai', 'hang');
      const command = shell.start(['run', TEXT, '--port', String(port)], withKeys);
      await until(() => fake.requestsTo('openai').length === 1);
      expect(await servers()).toHaveLength(1);
      const signalledAtMs = Date.now();
      command.signal(signal);
      const { code, stdout, stderr } = await command.ended;
      expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
      expect(stderr).toContain('interrupted; the run goes on');
      expect(await servers()).toEqual([]);
      expect(Date.now() - signalledAtMs).toBeLessThan(STOP_LIMIT_MS);
    },
  );

  itStartsServer('leaves no process behind when it is interrupted before its server is ready', async () => {
    const command = shell.start(['run', TEXT, '--port', String(port)], withKeys);
    await until(async () => (await servers()).length === 1);
    const signalledAtMs = Date.now();
    command.signal('SIGINT');
    const { code, stdout, stderr } = await command.ended;
    expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
    expect(stderr).not.toContain('the run goes on'); // there is none
    expect(await servers()).toEqual([]);
    expect(Date.now() - signalledAtMs).toBeLessThan(STOP_LIMIT_MS);
  });

  itStartsServer('ends at once at the second signal, and its server too', async () => {
    const slow = configFor(fake).replaceAll('timeoutMs: 2000', 'timeoutMs: 600000');
    const env = { ...withKeys.env, UNDERSTUDY_CONFIG: await shell.write('slow.yaml', slow) };
    fake.always('openai', 'hang');
    const command = shell.start(['run', TEXT, '--port', String(port)], { env });
    await until(() => fake.requestsTo('openai').length === 1);
    command.signal('SIGINT');
    await command.says(/interrupted/);
    command.signal('SIGINT');
    expect(await command.ended).toMatchObject({ code: 130 });
    await until(async () => (await servers()).length === 0);
  });
});

describe('up', () => {
  itStartsServer('serves other processes, and goes on with what an interrupted run began', async () => {
    fake.always('openai', 'hang');
    const interrupted = shell.start(['run', TEXT, '--port', String(port)], withKeys);
    await until(() => fake.requestsTo('openai').length === 1);
    interrupted.signal('SIGINT');
    expect(await interrupted.ended).toMatchObject({ code: 130 });
    fake.always('openai', undefined);

    const up = shell.start(['up', '--port', String(port)], withKeys);
    await up.says(/^ready/m);
    const env = { TEMPORAL_ADDRESS: `127.0.0.1:${port}` };
    expect(await shell.understudy(['analyze', TEXT], { env })).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(TWO_LINES),
    });
    await until(async () => (await runsOn(`127.0.0.1:${port}`)).join() === 'COMPLETED,COMPLETED');

    up.signal('SIGINT');
    expect(await up.ended).toMatchObject({ code: 0, stdout: expect.stringMatching(/^ready.*\n$/) });
    expect(await servers()).toEqual([]);
  });
});

itStartsServer('up ends and says so when its server dies', async () => {
  const up = shell.start(['up', '--port', String(port)], withKeys);
  await up.says(/^ready/m);
  for (const pid of await servers()) process.kill(pid, 'SIGKILL');
  const { code, stderr } = await up.ended;
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: expect.stringContaining('The Temporal server ended with SIGKILL'),
  });
});

async function runsOn(address: string): Promise<string[]> {
  const connection = await Connection.connect({ address });
  try {
    const statuses = [];
    const runs = new Client({ connection }).workflow.list({ query: 'WorkflowType = "analyze"' });
    for await (const { status } of runs) statuses.push(status.name);
    return statuses;
  } finally {
    await connection.close();
  }
}
