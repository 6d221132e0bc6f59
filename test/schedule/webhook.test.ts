import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHmac } from 'node:crypto';
import { text } from 'node:stream/consumers';
import type { Delivery } from '../../src/domain/schedule/delivery.js';
import { until } from '../support/until.js';
import { openScheduleStage, SECRET, titles, type ScheduleStage } from './schedule-stage.js';
import { rss } from './web-server.js';

let stage: ScheduleStage;
beforeAll(async () => {
  stage = await openScheduleStage();
});
afterAll(() => stage.close());

describe('a webhook', () => {
  it('delivers to a webhook that fails at times: signed, identifiable, and what it does not accept stops nobody', async () => {
    const got: string[] = [];
    const badSignatures: string[] = [];
    let asked = 0;
    stage.web.at('/hook', async (request, response) => {
      const body = await text(request);
      const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signature } = request.headers;
      const expected = `v1,${createHmac('sha256', SECRET)
        .update(`${String(id)}.${String(at)}.${body}`)
        .digest('base64')}`;
      if (signature !== expected || request.headers['idempotency-key'] !== id) badSignatures.push(String(id));
      if (request.headers.authorization !== `Basic ${Buffer.from('me:pass').toString('base64')}`)
        return response.writeHead(401).end();
      asked += 1;
      if (asked % 3 === 1) return response.writeHead(asked % 2 ? 503 : 429, { 'retry-after': '0' }).end();
      const { title } = JSON.parse(body) as Delivery;
      if (title === 'Item 1') return response.writeHead(422).end();
      got.push(String(title));
      return response.writeHead(204).end();
    });
    stage.web.at('/hooked', (_, response) => response.end(rss([0, 1, 2, 3])));
    const url = `${stage.web.url}/hook`.replace('://', '://me:pass@');
    const hook = ['--webhook', url, '--webhook-secret-env', 'HOOK_SECRET'];
    await stage.schedule('create', 'hooked', '--every', '1h', '--source', `feed:${stage.web.url}/hooked`, ...hook);
    await stage.client.schedule.getHandle('hooked').trigger();
    const lastRun = async () => {
      const stdout = await stage.schedule('describe', 'hooked', '--json');
      return (JSON.parse(stdout) as { lastRuns: { status: string; report?: object }[] }).lastRuns[0];
    };
    await until(async () => (await stage.statusOf('hooked')) === 'COMPLETED');
    expect((await lastRun())?.report).toMatchObject({ taken: 4, failed: 0, refused: 1 });
    expect(got.sort()).toEqual(['Item 0', 'Item 2', 'Item 3']);
    expect(badSignatures).toEqual([]);
    const history = await stage.client.workflow.getHandle(String(await stage.lastRunOf('hooked'))).fetchHistory();
    expect(JSON.stringify(history.events?.map((event) => JSON.stringify(event)))).not.toContain(SECRET);
  });

  it('fails when its webhook is closed to it, and the next run delivers what was analyzed', async () => {
    stage.web.at('/closed', (_, response) => response.writeHead(403).end());
    stage.web.at('/late', (_, response) => response.end(rss([100, 101])));
    await stage.schedule(
      'create',
      'late',
      '--every',
      '1h',
      '--source',
      `feed:${stage.web.url}/late`,
      '--webhook',
      `${stage.web.url}/closed`,
    );
    await stage.client.schedule.getHandle('late').trigger();
    await until(async () => (await stage.statusOf('late')) === 'FAILED');
    const stdout = await stage.schedule('describe', 'late');
    expect(stdout).toMatch(/failed {2}the webhook at http:\/\/127.0.0.1:\d+ answers 403/);

    const before = stage.fake.log.length;
    await stage.schedule('update', 'late', '--out', 'late.jsonl');
    await stage.schedule('trigger', 'late');
    await until(async () => (await stage.linesOf('late.jsonl')).length === 2);
    expect(titles(await stage.linesOf('late.jsonl'))).toEqual(['Item 100', 'Item 101']);
    expect(stage.fake.log.length).toBe(before);
  });

  it('fails when this worker has no secret for its webhook, and names the variable', async () => {
    stage.web.at('/secret', (_, response) => response.end(rss([400])));
    const hook = ['--webhook', `${stage.web.url}/hook`, '--webhook-secret-env', 'NOBODY_SET_IT'];
    await stage.schedule('create', 'secretless', '--every', '1h', '--source', `feed:${stage.web.url}/secret`, ...hook);
    await stage.client.schedule.getHandle('secretless').trigger();
    await until(async () => (await stage.statusOf('secretless')) === 'FAILED');
    expect(await stage.schedule('describe', 'secretless')).toContain('(set NOBODY_SET_IT)');
  });
});
