import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { startDevServer } from '../../src/temporal/embedded/dev-server.js';
import { embeddedPort, openShell, type RunningCommand, type Shell } from '../support/command-line.js';
import { startFakeProviders, type FakeProviders } from '../support/fake-providers.js';
import { itStartsServer } from '../support/it-starts-server.js';
import { temporalAddress, testNamespace } from '../support/namespace.js';
import { configFor, KEYS } from '../support/rig.js';
import { until } from '../support/until.js';

let fake: FakeProviders;
let shell: Shell;
beforeEach(async () => {
  fake = await startFakeProviders();
  shell = await openShell({ TEMPORAL_ADDRESS: temporalAddress, TEMPORAL_NAMESPACE: testNamespace() });
});
afterEach(async () => {
  await shell.close();
  await fake.close();
});

async function startWorker({ timeoutMs = 10_000 } = {}): Promise<RunningCommand> {
  const config = configFor(fake).replaceAll('timeoutMs: 2000', `timeoutMs: ${timeoutMs}`);
  const env = { ...KEYS, UNDERSTUDY_CONFIG: await shell.write('providers.yaml', config) };
  const worker = shell.start(['worker'], { env });
  await worker.says(/^ready/m);
  return worker;
}

/** The requests for one test's own text: a run that an earlier test left behind asks too. */
const summariesOf = (text: string) => fake.log.filter((entry) => entry.task === 'summarize' && entry.text === text);

describe('worker', () => {
  it('is healthy for --check while it polls, and not before', async () => {
    expect(await shell.understudy(['worker', '--check'])).toMatchObject({ code: 1, stdout: '' });
    await startWorker();
    await until(async () => (await shell.understudy(['worker', '--check'])).code === 0);
  });

  it('takes up the runs that waited for it, and all who asked with one id get one answer', async () => {
    const first = shell.start(['analyze', 'A text that waits.', '--id', 'awaited', '--json']);
    await first.says(/no worker answers yet; start one with: npx understudy worker/);
    const second = shell.start(['analyze', 'A text that waits.', '--id', 'awaited', '--json']);
    await second.says(/awaited exists already; joining it/);
    await startWorker();
    const { code, stdout } = await first.ended;
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('"POSITIVE"') });
    expect(await second.ended).toMatchObject({ code: 0, stdout });
    expect(await shell.understudy(['analyze', '--id', 'awaited', '--json'])).toMatchObject({ code: 0, stdout });
    expect(summariesOf('A text that waits.')).toHaveLength(1);
  });

  it('lets the call in flight end after SIGTERM, and its answer is not paid for again', async () => {
    const worker = await startWorker();
    fake.control({ name: 'openai', latencyMs: 2_000 });
    const run = shell.start(['analyze', 'A text in flight.', '--json']);
    await until(() => summariesOf('A text in flight.').length === 1);
    worker.signal('SIGTERM');
    const { code, stderr } = await worker.ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('calls in flight may end') });
    expect(summariesOf('A text in flight.')).toMatchObject([{ billed: true, aborted: false, status: 200 }]);

    await startWorker();
    const { stdout } = await run.ended;
    expect((JSON.parse(stdout) as { attempts: object[] }).attempts).toMatchObject([
      { task: 'summarize', provider: 'openai', outcome: 'ok' },
      { task: 'sentiment', provider: 'huggingface', outcome: 'ok' },
    ]);
    expect(summariesOf('A text in flight.')).toHaveLength(1);
  });

  it('ends at once at the second signal', async () => {
    const worker = await startWorker({ timeoutMs: 600_000 });
    fake.always('openai', 'hang');
    const run = shell.start(['analyze', 'A text that hangs.']);
    await until(() => summariesOf('A text that hangs.').length === 1);
    worker.signal('SIGTERM');
    await worker.says(/a second signal ends at once/);
    worker.signal('SIGTERM');
    expect(await worker.ended).toMatchObject({ code: 130 });
    const interruptedAtMs = Date.now();
    run.signal('SIGINT');
    expect(await run.ended).toMatchObject({
      code: 130,
      stderr: expect.stringMatching(/Come back with: .* --id analyze-/),
    });
    expect(Date.now() - interruptedAtMs).toBeLessThan(15_000);
  });

  itStartsServer('says once, and not for each of its polls, that the server does not answer', async () => {
    const port = await embeddedPort();
    const options = { port, uiPort: undefined, dbFile: undefined, namespaces: ['default'], env: process.env };
    const server = await startDevServer({ binary: String(process.env.TEST_TEMPORAL_CLI), ...options });
    const env = { TEMPORAL_ADDRESS: server.address, TEMPORAL_NAMESPACE: 'default' };
    const worker = shell.start(['worker'], { env });
    await worker.says(/^ready/m);
    await server.stop();
    const told = () => worker.output().split('does not answer; still trying').length - 1;
    await until(() => told() > 0);
    await sleep(3_000); // the other polls fail in the meantime
    expect({ told: told(), output: worker.output() }).toEqual({ told: 1, output: expect.not.stringContaining('gRPC') });
  });
});
