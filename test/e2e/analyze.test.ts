import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { openShell, type Shell } from '../support/command-line.js';
import { startFakeProviders, type FakeProviders } from '../support/fake-providers.js';
import { temporalAddress, testNamespace } from '../support/namespace.js';
import { configFor, KEYS } from '../support/rig.js';

const TEXT = 'The delivery was quick. The box was dented but everything inside worked. I would order again.';
const TWO_LINES = 'Summary: In short: The delivery was quick. The box was dented.\nSentiment: POSITIVE (0.99)\n';

let fake: FakeProviders;
let shell: Shell;
beforeAll(async () => {
  fake = await startFakeProviders();
  shell = await openShell({ TEMPORAL_ADDRESS: temporalAddress, TEMPORAL_NAMESPACE: testNamespace() });
  const config = await shell.write('providers.yaml', configFor(fake));
  const worker = shell.start(['worker'], { env: { ...KEYS, UNDERSTUDY_CONFIG: config } });
  await worker.says(/^ready/m);
});
afterAll(async () => {
  await shell.close();
  await fake.close();
});
afterEach(() => {
  for (const name of ['openai', 'huggingface']) fake.always(name, undefined);
  fake.log.length = 0;
});

const analyze = (...args: string[]) => shell.understudy(['analyze', ...args]);

describe('analyze', () => {
  it('prints two lines, and on stderr the address of the run', async () => {
    const { code, stdout, stderr } = await analyze(TEXT);
    expect({ code, stdout }).toEqual({ code: 0, stdout: TWO_LINES });
    expect(stderr).toMatch(/^Web UI: http\S+\/namespaces\/\S+\/workflows\/analyze-\S+\n$/m);
  });

  it('prints with --json the whole result with every attempt', async () => {
    fake.always('openai', '422', 'summarize'); // a kind that opens no outage, which would outlast this test
    const { code, stdout, stderr } = await analyze(TEXT, '--json', '--id', 'whole-result');
    expect(code).toBe(0);
    const result = JSON.parse(stdout) as { attempts: object[] };
    expect(result).toMatchObject({
      workflowId: 'whole-result',
      runId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      summary: expect.stringContaining('In short'),
      sentiment: { label: 'POSITIVE', score: 0.99 },
      costUsd: null,
      degraded: false,
    });
    expect(result.attempts).toMatchObject([
      { task: 'summarize', provider: 'openai', outcome: 'failed', failure: 'BadRequest' },
      { task: 'summarize', provider: 'huggingface', outcome: 'ok' },
      { task: 'sentiment', provider: 'huggingface', outcome: 'ok' },
    ]);
    expect(stderr).toMatch(/^openai failed: BadRequest: 422 .*; switching to huggingface$/m);
  });

  it('says on stderr where the summary may not be one of the text', async () => {
    fake.script('openai', [{ says: 'Claim the prize at https://prize.example/now before noon.' }], 'summarize');
    expect(await analyze(TEXT)).toMatchObject({ code: 0, stderr: expect.stringMatching(/^look at the summary: /m) });
    expect((await analyze(TEXT)).stderr).not.toContain('look at the summary');
  });

  it('gives one run and the same answer for one id', async () => {
    const first = await analyze(TEXT, '--id', 'once', '--json');
    const second = await analyze(TEXT, '--id', 'once', '--json');
    expect(second).toMatchObject({ code: 0, stdout: first.stdout });
    expect(second.stderr).toContain('once exists already; joining it');
    const another = await analyze('Another text.', '--id', 'once');
    expect(another).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('a run of another text') });
    expect(fake.log).toHaveLength(2);
  });

  it('leaves with --no-wait as soon as the run is started', async () => {
    expect(await analyze(TEXT, '--no-wait', '--id', 'unattended')).toMatchObject({ code: 0, stdout: 'unattended\n' });
    expect(await analyze(TEXT, '--id', 'unattended')).toMatchObject({ code: 0, stdout: TWO_LINES });
    expect(fake.log).toHaveLength(2);
  });

  it('takes the text from a file, or from standard input', async () => {
    const file = await shell.write('review.txt', `${TEXT}\n`);
    expect(await analyze('--file', file)).toMatchObject({ code: 0, stdout: TWO_LINES });
    const piped = await shell.understudy(['analyze', '--file', '-'], { input: TEXT });
    expect(piped).toMatchObject({ code: 0, stdout: TWO_LINES });
    expect(await shell.understudy(['analyze'], { input: TEXT })).toMatchObject({ code: 0, stdout: TWO_LINES });
    expect(await shell.understudy(['analyze'], { input: '' })).toMatchObject({ code: 2, stdout: '' });
  });

  it('takes a text of many lines and scripts, up to 1 MiB', async () => {
    const line = 'Größe 大きい 👍 line\n';
    const file = await shell.write('long.txt', line.repeat(Math.floor(1024 ** 2 / Buffer.byteLength(line))));
    expect(await analyze('--file', file)).toMatchObject({ code: 0 });
  });

  it('exits 1 and says for each provider why when nobody ever can', async () => {
    for (const name of ['openai', 'huggingface']) fake.always(name, '404');
    const { code, stdout, stderr } = await analyze(TEXT);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^the analysis failed: NoProviderLeft: .*openai: 404 .*huggingface: 404 /m);
    expect(stderr).toMatch(/^Web UI: /m);
  });

  it('prints with --json why it failed, and the trail', async () => {
    for (const name of ['openai', 'huggingface']) fake.always(name, '404');
    const { code, stdout } = await analyze(TEXT, '--json', '--id', 'failed');
    expect(code).toBe(1);
    const outcome = JSON.parse(stdout) as object;
    expect(Object.keys(outcome).sort()).toEqual(['atMostUsd', 'attempts', 'error', 'runId', 'workflowId']);
    expect(outcome).toMatchObject({
      workflowId: 'failed',
      error: { type: 'NoProviderLeft', message: expect.stringContaining('404') },
      attempts: [{ provider: 'openai' }, { provider: 'huggingface' }],
    });
  });
});
