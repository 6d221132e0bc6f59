import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openShell, type Shell } from '../support/command-line.js';
import { startFakeProviders, type FakeProviders } from '../support/fake-providers.js';
import { temporalAddress, testNamespace } from '../support/namespace.js';
import { KEYS } from '../support/rig.js';
import { tasksFor } from '../workflows/ask/tasks.js';

const NO_SERVER = { TEMPORAL_ADDRESS: '127.0.0.1:1' };
const workflows = readFileSync(new URL('../workflows/ask/yours.ts', import.meta.url), 'utf8');

let fake: FakeProviders;
let shell: Shell;
beforeAll(async () => {
  fake = await startFakeProviders();
  shell = await openShell({ TEMPORAL_ADDRESS: temporalAddress, TEMPORAL_NAMESPACE: testNamespace(), ...KEYS });
  await shell.write('understudy.yaml', tasksFor(fake));
  await shell.write('workflows.ts', workflows);
});
afterAll(async () => {
  await shell.close();
  await fake.close();
});

describe('ask and start', () => {
  it('answer with a worker that hosts the workflows of a file beside ours, and print the value alone', async () => {
    fake.always('openai', { says: ['kettles'] }, 'topics');
    fake.always('openai', { says: 'Ada a\ncommandé.' }, 'translate');
    const worker = shell.start(['worker', '--workflows', './workflows.ts']);
    await worker.says(/^ready/m);
    const topics = await shell.understudy(['ask', 'topics', 'Ada ordered.', '--id', 'ask-1']);
    expect(topics).toMatchObject({ code: 0, stdout: '[\n  "kettles"\n]\n' });
    expect(topics.stderr).toContain('answered by openai');
    expect(await shell.understudy(['ask', 'translate', 'Ada ordered.'])).toMatchObject({
      code: 0,
      stdout: 'Ada a\ncommandé.\n',
    });
    expect(await shell.understudy(['ask', 'translate', '--id', 'ask-1'])).toMatchObject({
      code: 2,
      stderr: 'ask-1 is a run of the task topics, not of translate\n',
    });
    const started = await shell.understudy(['start', 'triage', '"Ada ordered."']);
    expect(started).toMatchObject({ code: 0, stdout: expect.stringContaining('"mood": "POSITIVE"') });
  }, 180_000);

  it.each([
    [['ask', 'nothing', 'text'], /^understudy.yaml: no task "nothing" is configured, only .*topics/],
    [['ask', 'topics'], /^no text/],
    [['start', 'triage', 'not json'], /^the input is no JSON/],
    [['worker', '--workflows', './nowhere.ts'], /^--workflows .\/nowhere.ts: no such file/],
  ])('%j is refused in one line before a server is asked', async (args, says) => {
    const { code, stdout, stderr } = await shell.understudy(args, { env: NO_SERVER });
    expect({ code, stdout, lines: stderr.trim().split('\n').length }).toEqual({ code: 2, stdout: '', lines: 1 });
    expect(stderr).toMatch(says);
  });

  it.each([
    ['a task without a route', 'tasks: { x: { instruction: y } }', /tasks\.x: expected a route/],
    [
      'a schema that is none',
      'tasks: { x: { instruction: y, output: { type: lisst } } }\nroutes: { x: [openai] }',
      /tasks\.x\.output: expected a JSON Schema/,
    ],
    [
      'a provider that cannot answer',
      'tasks: { x: { instruction: y } }\nroutes: { x: [local] }',
      /routes\.x\[?\.?0\]?: local answers summarize and sentiment alone/,
    ],
  ])('%s is refused before a server is asked', async (_, yaml, says) => {
    const env = { ...NO_SERVER, UNDERSTUDY_CONFIG: await shell.write('bad.yaml', yaml) };
    const { code, stderr } = await shell.understudy(['ask', 'x', 'text'], { env });
    expect(code).toBe(2);
    expect(stderr).toMatch(says);
  });
});
