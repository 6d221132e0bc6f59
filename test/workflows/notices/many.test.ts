import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createHmac } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { configFor, openRig, until, type Rig } from '../../support/rig.js';
import { startWebhookReceiver, type WebhookReceiver } from '../../support/webhook-receiver.js';

const SECRET = `whsec_${Buffer.from('another key to sign with').toString('base64')}`;
const LINES = 3;

let folder: string;
let receiver: WebhookReceiver;
let rig: Rig;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-notices-'));
  const line = (_: unknown, n: number) => JSON.stringify({ id: `r${n}`, text: `Text ${n} says that all was good.` });
  await writeFile(join(folder, 'lines.jsonl'), Array.from({ length: LINES }, line).join('\n'));
  process.env.MANY_SECRET = SECRET;
  receiver = await startWebhookReceiver();
  const notices = `notices: [{ webhook: "${receiver.url}", secretEnv: MANY_SECRET, on: [batch, schedule] }]`;
  rig = await openRig((fake) =>
    configFor(fake, `files: { root: "${folder}" }\nnetwork: { allowHosts: [127.0.0.1] }\n${notices}`),
  );
});
afterAll(async () => {
  await rig.close();
  await receiver.close();
  await rm(folder, { recursive: true });
});

const run = (type: string, workflowId: string, input: object) =>
  rig.client.workflow
    .execute(type, { taskQueue: 'understudy', workflowId, args: [input] })
    .catch((error: unknown) => error);

/** The notices of one workflow, as they were taken. */
const noticesOf = (workflowId: string) =>
  receiver.received
    .filter(({ status }) => status === 200)
    .map(({ body }) => JSON.parse(body) as { type: string; text: string; data: { workflowId: string; done: number } })
    .filter(({ data }) => data.workflowId === workflowId);

/** There is one, and a moment later still only one. */
async function theOne(workflowId: string) {
  await until(() => noticesOf(workflowId).length > 0);
  expect(noticesOf(workflowId)).toHaveLength(1);
  return noticesOf(workflowId)[0];
}

it('the end of a batch and of a run of a schedule is told once each, signed, though the receiver fails twice', async () => {
  receiver.script.push(500, 503);
  await run('batch', 'batch/told', { input: 'lines.jsonl', output: 'out.jsonl', concurrency: 2 });
  expect(await theOne('batch/told')).toMatchObject({ type: 'batch.ended', data: { done: LINES, failed: 0 } });
  const tries = receiver.received.slice(0, 3);
  expect(tries.map(({ status }) => status)).toEqual([500, 503, 200]);
  expect(new Set(tries.map(({ headers }) => headers['webhook-id'])).size).toBe(1);

  const source = { kind: 'file', path: 'lines.jsonl' };
  const sink = { kind: 'file', path: 'told.jsonl' };
  await run('recurring', 'told-run', { schedule: 'told', source, sink });
  expect(await theOne('told-run')).toMatchObject({ type: 'schedule.ended' });
  for (const { headers, body } of receiver.received) {
    const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`;
    const key = Buffer.from(SECRET.slice(6), 'base64');
    expect(headers['webhook-signature']).toBe(`v1,${createHmac('sha256', key).update(signed).digest('base64')}`);
    expect(body).not.toContain('says that all was good');
  }
});

it('a batch and a run of a schedule that fail are told with the reason', async () => {
  await run('batch', 'batch/hopeless', { input: 'nowhere.jsonl', output: 'none.jsonl', concurrency: 2 });
  expect(await theOne('batch/hopeless')).toMatchObject({
    type: 'batch.failed',
    text: expect.stringContaining('nowhere'),
  });
  const sink = { kind: 'file', path: '/etc/passwd.jsonl' };
  await run('recurring', 'hopeless-run', { schedule: 'hopeless', source: { kind: 'file', path: 'lines.jsonl' }, sink });
  expect(await theOne('hopeless-run')).toMatchObject({
    type: 'schedule.failed',
    text: expect.stringContaining('outside'),
  });
});

it('a run of a schedule that fails late is told with what it has done before', async () => {
  const READING = 500;
  await mkdir(join(folder, 'many'));
  const files = Array.from({ length: READING + 1 }, (_, n) => writeFile(join(folder, 'many', `${n}.txt`), ''));
  await Promise.all(files);
  const sink = await startWebhookReceiver();
  sink.script.push(...Array<number>(READING).fill(200), ...Array<number>(10).fill(401));
  const source = { kind: 'file', path: 'many' };
  await run('recurring', 'late-run', { schedule: 'late', source, sink: { kind: 'webhook', url: sink.url } });
  expect(await theOne('late-run')).toMatchObject({
    type: 'schedule.failed',
    data: { done: READING, failed: READING },
  });
  await sink.close();
});
