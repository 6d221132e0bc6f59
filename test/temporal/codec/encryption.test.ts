import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@temporalio/client';
import proto from '@temporalio/proto';
import { rss, startWebServer, type WebServer } from '../../schedule/web-server.js';
import type { AnalysisStatus } from '../../../src/domain/analyze/analysis.js';
import { outagesUnderWay } from '../../../src/activities/outage/outage-handle.js';
import { outageIdOf } from '../../../src/domain/failover/out-of-use.js';
import { textOf } from '../../support/long-text.js';
import { configFor, openRig, outcomeOf, type Rig } from '../../support/rig.js';
import { until } from '../../support/until.js';

const SENTENCE = 'The zebra signed the lease on Tuesday';
const TITLE = 'Quokka Quarterly';
const VENDORS_WORDS = 'walrus clause violated';
const KEY = Buffer.alloc(32, 7).toString('base64');

let rig: Rig;
let web: WebServer;
let folder: string;
beforeAll(async () => {
  process.env.CODEC_TEST_KEY = KEY;
  folder = await mkdtemp(join(tmpdir(), 'understudy-codec-'));
  web = await startWebServer();
  rig = await openRig((fake) =>
    configFor(
      fake,
      `  small: { kind: openai-compatible, baseUrl: "${fake.openaiUrl('small')}", model: m, maxInputChars: 2000 }
encryption: { keys: [{ id: "2026-12", env: CODEC_TEST_KEY }] }
files: { root: "${folder}" }
network: { allowHosts: [127.0.0.1] }`,
    ),
  );
});
afterAll(async () => {
  await rig.close();
  await web.close();
  await rm(folder, { recursive: true });
});

/** Everything that the server keeps of the runs of this namespace, as bytes. */
async function allThatIsKept(): Promise<{ bytes: Buffer; executions: number }> {
  const { workflowService } = rig.client;
  const { namespace } = rig.client.options;
  const { executions } = await workflowService.listWorkflowExecutions({ namespace, pageSize: 1_000 });
  const pieces: Uint8Array[] = [];
  const api = proto.temporal.api;
  for (const info of executions) {
    pieces.push(api.workflow.v1.WorkflowExecutionInfo.encode(info).finish());
    const execution = info.execution ?? {};
    const { history } = await workflowService.getWorkflowExecutionHistory({ namespace, execution });
    pieces.push(api.history.v1.History.encode(history ?? {}).finish());
    const described = await workflowService.describeWorkflowExecution({ namespace, execution });
    pieces.push(api.workflowservice.v1.DescribeWorkflowExecutionResponse.encode(described).finish());
  }
  const { schedules } = await workflowService.listSchedules({ namespace });
  for (const { scheduleId } of schedules) {
    const described = await workflowService.describeSchedule({ namespace, scheduleId: scheduleId ?? '' });
    pieces.push(api.workflowservice.v1.DescribeScheduleResponse.encode(described).finish());
  }
  return { bytes: Buffer.concat(pieces), executions: executions.length };
}

/** A client of somebody who has no key. */
const stranger = () => {
  const { connection, options } = rig.client;
  return new Client({ connection, namespace: options.namespace });
};

describe('where encryption is on, a Temporal server keeps', () => {
  it('no sentence, no title and no word of an error in the clear, in anything', async () => {
    rig.fake.script('openai', [{ status: 422, body: { error: { message: VENDORS_WORDS } } }], 'summarize');
    const { summary } = await rig.analyze(`${SENTENCE}. The box was dented.`);
    expect(summary).toContain('zebra');

    const alone = { summarize: ['openai'], sentiment: ['openai'] };
    rig.fake.always('openai', { status: 422, body: { error: { message: VENDORS_WORDS } } });
    const failed = await rig.failure({ text: SENTENCE, routes: alone });
    expect(JSON.stringify(failed)).toContain(VENDORS_WORDS);
    rig.fake.always('openai', undefined);

    web.at('/feed', (_, response) => response.end(rss([1]).replaceAll('Item 1', TITLE)));
    const source = { kind: 'feed', url: `${web.url}/feed` };
    const sink = { kind: 'file', path: 'results.jsonl' };
    const action = { type: 'startWorkflow', workflowType: 'recurring', taskQueue: 'understudy' } as const;
    const schedule = await rig.client.schedule.create({
      scheduleId: `schedule-${randomUUID()}`,
      spec: { intervals: [{ every: '1h' }] },
      memo: { about: SENTENCE },
      action: { ...action, args: [{ schedule: 'journal', source, sink }], memo: { about: SENTENCE } },
    });
    await schedule.trigger();
    await until(async () => (await readFile(join(folder, 'results.jsonl'), 'utf8').catch(() => '')).includes(TITLE));

    rig.fake.always('openai', '500');
    const waiting = await rig.start({ text: SENTENCE, routes: alone });
    const outages = async () => [...(await outagesUnderWay(rig.client)).keys()];
    await until(async () => (await outages()).length > 0);
    const [unit = ''] = await outages();
    expect(await waiting.query<AnalysisStatus>('status')).toMatchObject({ phase: 'summarize' });
    await rig.client.workflow.getHandle(outageIdOf(unit)).signal('close', SENTENCE);
    rig.fake.always('openai', undefined);
    await rig.client.workflow.getHandle(outageIdOf(unit)).signal('open');
    await waiting.result();

    const { bytes, executions } = await allThatIsKept();
    expect(executions).toBeGreaterThanOrEqual(5);
    for (const words of [SENTENCE, 'zebra', TITLE, TITLE.split(' ')[0] ?? '', VENDORS_WORDS]) {
      expect([words, bytes.includes(words)]).toEqual([words, false]);
    }
    expect(bytes.includes('binary/encrypted')).toBe(true);
    await schedule.delete();
  }, 90_000);

  it('a long text, which its calls read from history', async () => {
    const routes = { summarize: ['small'], sentiment: ['openai'] };
    const { attempts } = await rig.analyze(`${SENTENCE}. ${textOf(6_000)}`, { routes });
    expect(attempts.filter(({ provider }) => provider === 'small').length).toBeGreaterThan(3);
    const asked = rig.fake.requestsTo('small').map(({ text }) => text);
    expect(asked.some((text) => text.includes(SENTENCE))).toBe(true);
    expect((await allThatIsKept()).bytes.includes(SENTENCE)).toBe(false);
  });
});

describe('where encryption is on, a worker', () => {
  it('ends a run whose input is not encrypted, and says why', async () => {
    const args = [{ text: SENTENCE }];
    const handle = await stranger().workflow.start('analyze', {
      taskQueue: 'understudy',
      workflowId: randomUUID(),
      args,
    });
    const ended = await outcomeOf(rig.client.workflow.getHandle(handle.workflowId));
    expect(ended).toMatchObject({
      error: { type: 'InvalidInput', message: expect.stringContaining('the input is not encrypted') },
    });
    await expect(handle.result()).rejects.toThrow(); // a failure's words are sealed too
    expect((await allThatIsKept()).bytes.includes('the input is not')).toBe(false);
  });

  it('lets no signal that is not encrypted through, and none hold a run up', async () => {
    rig.fake.always('openai', '500');
    const routes = { summarize: ['openai'], sentiment: ['openai'] };
    const handle = await rig.start({ text: SENTENCE, routes });
    await until(() => rig.fake.requestsTo('openai').length > 0);
    await stranger().workflow.getHandle(handle.workflowId).signal('understudy.reopened', 'openai', 0);
    rig.fake.always('openai', undefined);
    expect((await handle.result()).summary).not.toBe('');
  }, 60_000);

  it('acts on no result that is not encrypted', async () => {
    const { workflowService, options } = rig.client;
    rig.fake.control({ name: 'openai', latencyMs: 1_500 });
    const handle = await rig.start({ text: SENTENCE, routes: { summarize: ['openai'], sentiment: ['openai'] } });
    await until(async () => ((await handle.describe()).raw.pendingActivities ?? []).length === 1);
    const [pending] = (await handle.describe()).raw.pendingActivities ?? [];
    const forged = {
      metadata: { encoding: Buffer.from('json/plain') },
      data: Buffer.from('{"value":"a made-up summary"}'),
    };
    await workflowService.respondActivityTaskCompletedById({
      namespace: options.namespace,
      workflowId: handle.workflowId,
      activityId: pending?.activityId ?? '',
      result: { payloads: [forged] },
    });
    await until(async () => ((await handle.describe()).raw.pendingWorkflowTask?.attempt ?? 0) > 1);
    await handle.terminate();
    rig.fake.control({ name: 'openai', latencyMs: 0 });
  });
});
