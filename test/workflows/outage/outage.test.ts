import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { outageIdOf, PROBE_TEXT, type OutageReport, type OutageState } from '../../../src/domain/outage/outage.js';
import type { OutageHistory } from '../../../src/workflows/outage/outage.js';
import { configFor, openRig, type Rig } from '../../support/rig.js';
import { until } from '../../support/until.js';

const TEXT = 'The delivery was quick. The box was dented but everything inside worked.';
/** For as long workers remember that no outage is open. */
const REMEMBERED_MS = 1_100;

let rig: Rig;
beforeAll(async () => {
  rig = await openRig();
});
afterAll(() => rig.close());
afterEach(() => rig.heal());

const outage = () => rig.client.workflow.getHandle(outageIdOf('openai'));
const toOpenai = (of: 'probes' | 'runs') =>
  rig.fake.requestsTo('openai').filter(({ text }) => (text === PROBE_TEXT) === (of === 'probes'));

async function stateOfOutage(): Promise<{ open: boolean; phase?: OutageState['phase'] }> {
  const { status, memo } = await outage()
    .describe()
    .catch(() => ({ status: { name: 'none' }, memo: undefined }));
  const state = memo?.outage as OutageState | undefined;
  return { open: status.name === 'RUNNING', ...(state && { phase: state.phase }) };
}
const untilClosed = () =>
  until(async () => {
    const { open, phase } = await stateOfOutage();
    return open && (phase === 'closed' || phase === 'limited');
  });

async function trail(routes = { summarize: ['openai', 'huggingface'], sentiment: ['huggingface'] }) {
  const { attempts } = await rig.analyze(TEXT, { routes });
  return attempts.map(({ provider, outcome, failure }) => [provider, failure ?? outcome]);
}
const SWITCHED = [
  ['openai', 'Unavailable'],
  ['huggingface', 'ok'],
  ['huggingface', 'ok'],
];
const PASSED_OVER = [
  ['openai', 'ProviderClosed'],
  ['huggingface', 'ok'],
  ['huggingface', 'ok'],
];
const ANSWERED = [
  ['openai', 'ok'],
  ['huggingface', 'ok'],
];

describe('an outage', () => {
  it('ends with its first probe when it was a blip, and was never more than a suspicion', async () => {
    rig.fake.script('openai', ['500']);
    expect(await trail()).toEqual(SWITCHED);
    await until(async () => (await stateOfOutage()).phase !== undefined); // a suspicion is told a moment later
    const { cause, probes } = (await outage().result()) as OutageHistory;
    expect({ cause, answers: probes.map(({ answer }) => answer) }).toEqual({ cause: 'Unavailable', answers: ['ok'] });
    expect(await trail()).toEqual(ANSWERED);
    expect(toOpenai('probes')).toHaveLength(1);
  });

  it('closes a provider whose probe fails, ends when one is answered, and tells the story', async () => {
    rig.fake.always('openai', '500');
    expect(await trail()).toEqual(SWITCHED);
    await untilClosed();
    await sleep(REMEMBERED_MS);
    expect(await Promise.all([trail(), trail(), trail()])).toEqual([PASSED_OVER, PASSED_OVER, PASSED_OVER]);
    expect(toOpenai('runs')).toHaveLength(1);

    rig.fake.always('openai', undefined);
    const story = (await outage().result()) as OutageHistory;
    expect(story).toMatchObject({ provider: 'openai', cause: 'Unavailable', message: '500 The server had an error' });
    expect(story.probes.map(({ answer }) => answer)).toEqual(['Unavailable: 500 The server had an error', 'ok']);
    expect(story.lastedMs).toBeGreaterThanOrEqual(10_000);
    await sleep(REMEMBERED_MS);
    expect(await trail()).toEqual(ANSWERED);
  });

  it('is one for all the runs that see a provider fail', async () => {
    rig.fake.always('openai', '500');
    await Promise.all(Array.from({ length: 6 }, () => trail()));
    await untilClosed();
    const { runId } = await outage().describe();
    await Promise.all(Array.from({ length: 3 }, () => trail()));
    expect((await outage().describe()).runId).toBe(runId);
    expect(toOpenai('probes')).toHaveLength(1);
  });

  it('of a rate limit closes the provider for every run at once, until the time it named, without a probe', async () => {
    rig.fake.script('openai', ['429-retry-after']);
    const startedAtMs = Date.now();
    expect(await trail()).toEqual([['openai', 'RateLimited'], ...SWITCHED.slice(1)]);
    expect(await trail()).toEqual(PASSED_OVER);
    expect(await trail({ summarize: ['openai'], sentiment: ['huggingface'] })).toEqual([
      ['openai', 'ProviderClosed'],
      ...ANSWERED,
    ]);
    expect(Date.now() - startedAtMs).toBeGreaterThanOrEqual(3_000);
    expect(toOpenai('probes')).toHaveLength(0);
    expect(((await outage().result()) as OutageHistory).cause).toBe('RateLimited');
  });

  it('of a rate limit that names no time lasts twice as long when it goes on', async () => {
    rig.fake.always('openai', '429');
    await trail();
    await untilClosed();
    const first = (await outage().result()) as OutageHistory;
    await sleep(REMEMBERED_MS);
    await trail();
    await untilClosed();
    const state = (await outage().describe()).memo?.outage as OutageState;
    expect(first.lastedMs).toBeGreaterThanOrEqual(5_000);
    expect((state.dueAtMs ?? 0) - state.sinceMs).toBeGreaterThanOrEqual(10_000);
  });

  it('of a missing credential closes the provider at once, and ends when a worker starts that may have it', async () => {
    rig.fake.always('openai', '401');
    expect(await trail()).toEqual([['openai', 'Auth'], ...SWITCHED.slice(1)]);
    await untilClosed();
    expect(await trail()).toEqual(PASSED_OVER);
    expect(rig.fake.requestsTo('openai')).toHaveLength(1);

    rig.fake.always('openai', undefined);
    const newcomer = await openRig(() => configFor(rig.fake));
    await outage().result();
    await sleep(REMEMBERED_MS);
    expect(await trail()).toEqual(ANSWERED);
    await newcomer.close();
  });

  it('is not opened by what is about one request', async () => {
    rig.fake.script('openai', ['422', 'context-too-long']);
    await trail();
    await trail();
    await sleep(500);
    expect(await trail()).toEqual(ANSWERED);
    expect(toOpenai('probes')).toHaveLength(0);
  });
});

describe('an operator', () => {
  const report: OutageReport = {
    provider: 'openai',
    task: 'sentiment',
    timeoutMs: 2_000,
    failure: { kind: 'Unavailable', message: '' },
  };
  const close = (reason: string) =>
    rig.client.workflow.signalWithStart('outage', {
      workflowId: outageIdOf('openai'),
      taskQueue: 'understudy',
      args: [report],
      signal: 'close',
      signalArgs: [reason],
    });

  it('takes a provider out of service until it opens it again, and nobody probes meanwhile', async () => {
    await close('maintenance');
    await untilClosed();
    await sleep(REMEMBERED_MS);
    expect(await trail()).toEqual(PASSED_OVER);
    const waiting = await rig.start({ text: TEXT, routes: { summarize: ['openai'], sentiment: ['openai'] } });
    await until(async () => (await waiting.query<{ waitingFor?: unknown }>('status')).waitingFor !== undefined);
    expect(await waiting.query('status')).toMatchObject({ waitingFor: [{ provider: 'openai' }] });
    expect(rig.fake.requestsTo('openai')).toHaveLength(0);

    await outage().signal('open');
    expect((await outage().result()) as OutageHistory).toMatchObject({ cause: 'Operator', message: 'maintenance' });
    expect((await waiting.result()).attempts.at(-1)).toMatchObject({ provider: 'openai', outcome: 'ok' });
  });

  it('opens it at once though a probe is under way, and those who wait go on', async () => {
    rig.fake.always('openai', '500');
    expect(await trail()).toEqual(SWITCHED);
    rig.fake.always('openai', 'hang');
    await until(() => toOpenai('probes').length > 0);
    await outage().signal('open');
    expect(await outage().result()).toMatchObject({ probes: [] }); // its answer was not waited for
  });

  it('closes it also while those who waited for its opening are woken', async () => {
    await close('maintenance');
    for (let run = 0; run < 300; run += 1) await outage().signal('waitFor', `nobody-${run}`);
    await outage().signal('open');
    await outage().signal('close', 'again');
    await sleep(1_000);
    expect(await stateOfOutage()).toEqual({ open: true, phase: 'limited' });
    await outage().signal('open');
    expect(await outage().result()).toMatchObject({ cause: 'Operator', message: 'again' });
  });

  it('can open it after any number of runs have come to wait for it', async () => {
    await close('maintenance');
    const { runId } = await outage().describe();
    await until(async () => {
      for (let run = 0; run < 50; run += 1) await outage().signal('waitFor', 'nobody');
      return (await outage().describe()).runId !== runId; // its history was cut, long before the server's limit
    }, 60_000);
    expect(await stateOfOutage()).toEqual({ open: true, phase: 'limited' });
    await outage().signal('open');
    await outage().result();
    expect(await trail()).toEqual(ANSWERED);
  }, 90_000);

  it('overrules an outage that is open', async () => {
    rig.fake.always('openai', '500');
    await trail();
    await untilClosed();
    await close('wait for the vendor');
    await until(async () => ((await outage().describe()).memo?.outage as OutageState).cause === 'Operator');
    rig.fake.always('openai', undefined);
    await sleep(REMEMBERED_MS);
    expect(await trail()).toEqual(PASSED_OVER);
  });
});
