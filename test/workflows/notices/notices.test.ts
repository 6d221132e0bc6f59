import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createHmac } from 'node:crypto';
import { configFor, openRig, until, type Rig } from '../../support/rig.js';
import { startWebhookReceiver, type WebhookReceiver } from '../../support/webhook-receiver.js';
import { noticeBody } from '../../../src/domain/notices/notice-body.js';
import type { OutageHistory } from '../../../src/workflows/outage/outage.js';

const SECRET = `whsec_${Buffer.from('a key to sign with').toString('base64')}`;

let receiver: WebhookReceiver;
let rig: Rig;
beforeAll(async () => {
  process.env.NOTICE_SECRET = SECRET;
  receiver = await startWebhookReceiver();
  rig = await openRig((fake) =>
    configFor(fake, `notices: [{ webhook: "${receiver.url}", secretEnv: NOTICE_SECRET, on: [outage] }]`),
  );
});
afterAll(async () => {
  await rig.close();
  await receiver.close();
});

const taken = () => receiver.received.filter(({ status }) => status === 200);

it('one notice tells that an outage opened and one that it ended, signed, though the receiver fails at first', async () => {
  receiver.script.push(500, 503);
  rig.fake.always('openai', '503');
  const unit = rig.unit('openai');
  const outage = rig.client.workflow.getHandle(`outage/${unit}`);
  await rig.analyze('The food was great.');
  await until(() => taken().length === 1);
  for (let i = 0; i < 3; i += 1) await rig.analyze('The food was great.'); // saved calls
  await until(
    async () =>
      (await outage.fetchHistory()).events?.some(
        (event) => event.workflowExecutionSignaledEventAttributes?.signalName === 'callsSaved',
      ) ?? false,
  );
  rig.fake.always('openai', undefined);
  await outage.signal('open');
  const history = (await outage.result()) as OutageHistory;
  await until(() => taken().length === 2);

  expect(receiver.received.map(({ status }) => status)).toEqual([500, 503, 200, 200]);
  expect(new Set(receiver.received.slice(0, 3).map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  for (const { headers, body } of receiver.received) {
    const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`;
    const key = Buffer.from(SECRET.slice(6), 'base64');
    expect(headers['webhook-signature']).toBe(`v1,${createHmac('sha256', key).update(signed).digest('base64')}`);
  }
  const [opened, ended] = taken().map(({ body }) => JSON.parse(body) as { type: string; text: string; data: object });
  expect(opened).toMatchObject({ type: 'outage.opened', data: { unit, cause: 'Unavailable' } });
  expect(opened?.text).toContain(`${unit} is out of use: Unavailable: 503`);
  expect(ended).toMatchObject({ type: 'outage.ended', data: { unit, callsSaved: history.callsSaved } });
  expect(history.callsSaved).toBeGreaterThanOrEqual(1);
  expect(history.callsSaved).toBeLessThanOrEqual(3);
});

it('Teams gets a card, everybody else the text alone', () => {
  const notice = { id: 'a', topic: 'test', type: 'test', at: '2026-11-27T00:00:00Z', text: 'well', data: {} } as const;
  const told = (host: string) => JSON.parse(noticeBody(notice, host)) as Record<string, unknown>;
  expect(told('hooks.slack.com')).toEqual({ id: 'a', type: 'test', timestamp: notice.at, text: 'well', data: {} });
  expect(told('contoso.webhook.office.com')).toMatchObject({
    type: 'message',
    text: 'well',
    attachments: [{ content: { type: 'AdaptiveCard', body: [{ text: 'well' }] } }],
  });
});

it('what a vendor said is no call to a whole channel in Slack, and no link in Teams', () => {
  const text = 'openai is out of use: 500 <!channel> & [here](https://evil.example)';
  const notice = { id: 'a', topic: 'test', type: 'test', at: '2026-11-27T00:00:00Z', text, data: {} } as const;
  const told = (host: string) => JSON.parse(noticeBody(notice, host)) as { text: string };
  expect(told('hooks.slack.com').text).toBe(
    'openai is out of use: 500 &lt;!channel&gt; &amp; [here](https://evil.example)',
  );
  expect(told('receiver.example')).toMatchObject({ text });
  const card = JSON.stringify(told('contoso.webhook.office.com'));
  expect(card).toContain('\\\\[here\\\\]\\\\(https://evil.example\\\\)');
});
