import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { openShell, type Shell } from '../../support/command-line.js';
import { startFakeProviders, type FakeProviders } from '../../support/fake-providers.js';
import { temporalAddress, testNamespace } from '../../support/namespace.js';
import { configFor, KEYS, until } from '../../support/rig.js';
import { startTraceReceiver, type Span, type TraceReceiver } from '../../support/trace-receiver.js';

let fake: FakeProviders;
let receiver: TraceReceiver;
let shell: Shell;
beforeAll(async () => {
  fake = await startFakeProviders();
  receiver = await startTraceReceiver();
  shell = await openShell({
    ...{ TEMPORAL_ADDRESS: temporalAddress, TEMPORAL_NAMESPACE: testNamespace() },
    ...{ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_BSP_SCHEDULE_DELAY: '100' },
  });
  await shell.write('understudy.yaml', configFor(fake));
});
afterAll(async () => {
  await shell.close();
  await receiver.close();
  await fake.close();
});

const CALLER = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' };

it('one trace leads from the caller over command, workflow and activities to each attempt', async () => {
  const worker = shell.start(['worker'], { env: KEYS });
  await worker.says(/^ready/m);
  fake.script('openai', ['503'], 'summarize');
  const TRACEPARENT = `00-${CALLER.traceId}-${CALLER.spanId}-01`;
  const { code } = await shell.understudy(['analyze', 'The zebra food was great.'], { env: { TRACEPARENT } });
  expect(code).toBe(0);
  const attempts = () => receiver.spans.filter(({ name }) => name.startsWith('gen_ai '));
  const ofTrace = () => receiver.spans.filter(({ traceId }) => traceId === CALLER.traceId);
  await until(() => attempts().filter(({ traceId }) => traceId === CALLER.traceId).length === 3);
  await until(() => ofTrace().some(({ name }) => name === 'understudy analyze'));
  worker.signal('SIGTERM');
  await worker.ended;

  const byId = new Map(ofTrace().map((each) => [each.spanId, each]));
  const lineOf = (span: Span): string[] => {
    const parent = byId.get(span.parentSpanId ?? '');
    return [span.name, ...(parent ? lineOf(parent) : [String(span.parentSpanId)])];
  };
  const own = ofTrace().filter(({ name }) => name.startsWith('gen_ai '));
  for (const span of own) {
    expect(lineOf(span)).toEqual([
      span.name,
      `RunActivity:${String(span.attributes['understudy.task'])}`,
      `StartActivity:${String(span.attributes['understudy.task'])}`,
      'RunWorkflow:analyze',
      'StartWorkflow:analyze',
      'understudy analyze',
      CALLER.spanId,
    ]);
    expect({ kind: span.kind, service: span.service }).toEqual({ kind: 3, service: 'understudy-worker' });
    expect(span.attributes['server.address']).toBe('127.0.0.1');
  }
  const told = own.map(({ attributes, isError }) => [
    attributes['understudy.task'],
    attributes['understudy.provider'],
    attributes['error.type'],
    isError,
  ]);
  expect(told).toEqual(
    expect.arrayContaining([
      ['summarize', 'openai', 'Unavailable', true],
      ['summarize', 'huggingface', undefined, false],
      ['sentiment', 'huggingface', undefined, false],
    ]),
  );
  expect(own.map(({ attributes }) => attributes['gen_ai.request.model'])).not.toContain(undefined);
  expect(receiver.raw()).not.toMatch(/zebra|sk-test|hf_test/);
});

it('goes on through a workflow of somebody else that asks', async () => {
  await shell.write(
    'mine.ts',
    "import { ask } from 'temporal-understudy/workflow';\n" +
      "export const mine = async (text: string) => (await ask('sentiment', text)).value;\n",
  );
  const worker = shell.start(['worker', '--workflows', 'mine.ts'], { env: KEYS });
  await worker.says(/^ready/m);
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  const TRACEPARENT = `00-${traceId}-${CALLER.spanId}-01`;
  const { code } = await shell.understudy(['start', 'mine', '"It was great."'], { env: { TRACEPARENT } });
  expect(code).toBe(0);
  const names = () => receiver.spans.filter((each) => each.traceId === traceId).map(({ name }) => name);
  const wanted = ['RunWorkflow:mine', 'StartActivity:sentiment', 'RunActivity:sentiment'];
  await until(
    () => wanted.every((name) => names().includes(name)) && names().some((name) => name.startsWith('gen_ai ')),
  );
  worker.signal('SIGTERM');
  await worker.ended;
});

it('texts are in spans where somebody asks for them, and where encryption is on no words of a failure', async () => {
  const encryption = 'encryption: { keys: [{ id: k, env: TEST_ENCRYPTION_KEY }] }';
  await shell.write('understudy.yaml', `${configFor(fake, encryption)}\nroutes: { sentiment: [openai, huggingface] }`);
  const capture = { OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: 'span_only' };
  const worker = shell.start(['worker'], { env: { ...KEYS, ...capture } });
  await worker.says(/^ready/m);
  fake.script('openai', [{ status: 400, body: { error: { message: 'the badger is out of ink' } } }], 'sentiment');
  const before = receiver.spans.length;
  const { code } = await shell.understudy(['analyze', 'The otter food was great.'], { env: KEYS });
  expect(code).toBe(0);
  const calls = () => receiver.spans.slice(before).filter(({ name }) => name.startsWith('gen_ai '));
  await until(() => calls().length >= 2);
  worker.signal('SIGTERM');
  await worker.ended;
  const [summary] = calls().filter(({ attributes }) => attributes['understudy.task'] === 'summarize');
  expect(String(summary?.attributes['gen_ai.input.messages'])).toContain('The otter food was great.');
  expect(JSON.parse(String(summary?.attributes['gen_ai.output.messages']))).toMatchObject([{ role: 'assistant' }]);
  expect(summary?.attributes['gen_ai.response.model']).toEqual(expect.any(String));
  expect(receiver.raw()).not.toContain('badger');
});
