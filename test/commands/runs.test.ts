import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openShell, type Shell } from '../support/command-line.js';
import { startFakeProviders, type FakeProviders } from '../support/fake-providers.js';
import { temporalAddress, testNamespace } from '../support/namespace.js';
import { configFor, KEYS } from '../support/rig.js';
import { until } from '../support/until.js';

const TEXT = 'The delivery was quick. The box was dented but everything inside worked. I would order again.';

let fake: FakeProviders;
let shell: Shell;
beforeAll(async () => {
  fake = await startFakeProviders();
  shell = await openShell({ TEMPORAL_ADDRESS: temporalAddress, TEMPORAL_NAMESPACE: testNamespace() });
  const config = await shell.write('providers.yaml', configFor(fake));
  const worker = shell.start(['worker'], { env: { ...KEYS, UNDERSTUDY_CONFIG: config } });
  await worker.says(/^ready/m);
  await shell.understudy(['analyze', TEXT, '--id', 'plain']);
  fake.always('openai', '422', 'summarize'); // opens no outage
  await shell.understudy(['analyze', TEXT, '--id', 'switched']);
  fake.always('huggingface', '404');
  await shell.understudy(['analyze', TEXT, '--id', 'hopeless']);
  for (const name of ['openai', 'huggingface']) fake.always(name, undefined);
});
afterAll(async () => {
  await shell.close();
  await fake.close();
});

const runs = (...args: string[]) => shell.understudy(['runs', ...args]);

/** The list may be a moment behind what happened. */
async function listed(...args: string[]): Promise<string[]> {
  const { stdout } = await runs('list', '--json', ...args);
  return (JSON.parse(stdout) as { workflowId: string }[]).map(({ workflowId }) => workflowId);
}

const comesToList = (ids: string[], ...args: string[]) =>
  until(async () => JSON.stringify(await listed(...args)) === JSON.stringify(ids));

describe('runs list', () => {
  it('finds the runs that failed over, those that failed, and those of a time', async () => {
    await comesToList(['hopeless', 'switched', 'plain']);
    await comesToList(['switched'], '--failed-over', '--since', '1d');
    await comesToList(['hopeless'], '--failed');
    await comesToList(['hopeless', 'switched'], '--limit', '2');
    await comesToList([], '--since', '1ms');
    const { stderr, stdout, code } = await runs('list', '--since', '1ms');
    expect({ stderr, stdout, code }).toEqual({ stderr: 'no such run\n', stdout: '', code: 0 });
  });

  it('tells in a pipe a line with tabs for each: who answered, and what went wrong', async () => {
    const { stdout } = await runs('list');
    expect(stdout).toMatch(/^switched\tcompleted\t\S+Z\t[^\t]+\thuggingface\topenai: BadRequest\tnot known$/m);
    expect(stdout).toMatch(/^hopeless\tfailed\t/m);
  });
});

describe('runs show', () => {
  it('tells the answer and every attempt', async () => {
    const { stdout, code } = await runs('show', 'switched');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Run: switched\nState: completed\n/);
    expect(stdout).toMatch(/^FAIL\tsummarize\topenai\t.*\tBadRequest: 422 /m);
    expect(stdout).toMatch(/^ok\tsentiment\thuggingface\t.*\tanswered$/m);
  });

  it('tells why a run failed, and with --json what it cost at most', async () => {
    expect((await runs('show', 'hopeless')).stdout).toMatch(/^Failed: NoProviderLeft: /m);
    const { stdout } = await runs('show', 'hopeless', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ state: 'failed', error: { type: 'NoProviderLeft' }, atMostUsd: 0 });
  });

  it('knows no run of another name, nor what is no run of a text', async () => {
    expect(await runs('show', 'nobody')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^there is no run nobody/),
    });
  });
});

describe('a run that waits', () => {
  it('says at once for whom, why and how long, asks again when it is told to, and ends with who answered', async () => {
    fake.always('openai', '503');
    fake.always('huggingface', '503');
    const command = shell.start(['analyze', TEXT, '--id', 'waits']);
    await command.says(
      /^waiting: .*(openai|huggingface)(: 503, asked again | is out of use: 503 since )\S+Z.*; deadline \S+Z; Ctrl-C leaves it running$/m,
    );
    await comesToList(['waits'], '--waiting');
    const shown = /waiting: .*503.*\n.*npx understudy runs retry-now waits/;
    await until(async () => shown.test((await runs('show', 'waits')).stderr)); // between two rounds it asks
    expect(await runs('retry-now', 'waits')).toMatchObject({ code: 0, stdout: 'waits asks again now\n' });
    for (const name of ['openai', 'huggingface']) {
      fake.always(name, undefined);
      await shell.understudy(['provider', 'enable', name]);
    }
    const { code, stderr } = await command.ended;
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: expect.stringMatching(/^summarized by \w+, judged by \w+, in .*\n.*runs show waits$/m),
    });
    expect(await runs('retry-now', 'waits')).toMatchObject({ code: 2, stderr: 'waits has ended: completed\n' });
  });

  it('ends when it is cancelled', async () => {
    fake.always('openai', '401', 'summarize');
    await shell.understudy(['provider', 'disable', 'openai']);
    await shell.understudy(['provider', 'disable', 'huggingface']);
    await shell.understudy(['analyze', TEXT, '--id', 'unwanted', '--no-wait']);
    expect(await runs('cancel', 'unwanted')).toMatchObject({ code: 0, stdout: 'unwanted is cancelled\n' });
    expect(await runs('cancel', 'unwanted')).toMatchObject({ code: 2 });
  });
});
