import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { outageIdOf } from '../../../src/domain/failover/out-of-use.js';
import type { OutageReport } from '../../../src/domain/outage/outage-report.js';
import { openRig, until, type Rig } from '../../support/rig.js';
import { isProbe, outageOf, TEXT } from './outage-stage.js';

const ALONE = { summarize: ['openai'], sentiment: ['openai'] };
const REPORT: OutageReport = {
  provider: 'openai',
  model: '*',
  task: 'sentiment',
  failure: { kind: 'ProviderClosed', message: '' },
  timeoutMs: 2_000,
  probeMs: 2_000,
  isCertain: false,
  isLastToServe: false,
  worker: 'operator',
};

let rig: Rig;
beforeAll(async () => {
  rig = await openRig();
});
afterAll(() => rig.close());
afterEach(() => rig.heal());

const account = () => outageOf(rig.client, 'openai');
const model = () => outageOf(rig.client, rig.unit('openai'));
const close = (reason: string) =>
  rig.client.workflow.signalWithStart('outage', {
    workflowId: outageIdOf('openai'),
    taskQueue: 'understudy',
    args: [REPORT],
    signal: 'close',
    signalArgs: [reason],
  });

async function summarizedBy(): Promise<string | undefined> {
  const { attempts } = await rig.analyze(TEXT, {
    routes: { summarize: ['openai', 'huggingface'], sentiment: ['huggingface'] },
  });
  return attempts.find(({ outcome }) => outcome === 'ok')?.provider;
}

async function waiting(text = TEXT) {
  const run = await rig.start({ text, routes: ALONE });
  await until(async () => (await run.query<{ waitingFor?: unknown }>('status')).waitingFor !== undefined);
  return run;
}

describe('an operator', () => {
  it('takes a provider out of use until it is enabled again, and nobody probes meanwhile', async () => {
    await close('maintenance');
    await account().untilPhase('held');
    await until(async () => (await summarizedBy()) === 'huggingface');
    const before = rig.fake.requestsTo('openai').length;
    const run = await waiting();
    expect(await run.query('status')).toMatchObject({
      waitingFor: [{ provider: 'openai', why: expect.stringContaining('disabled by an operator: maintenance') }],
    });
    expect(rig.fake.requestsTo('openai')).toHaveLength(before);

    expect(await account().opened()).toMatchObject({ unit: 'openai', cause: 'Operator', message: 'maintenance' });
    expect((await run.result()).attempts.at(-1)).toMatchObject({ provider: 'openai', outcome: 'ok' });
  });

  it('releases who waits also by cancelling the outage in the Web UI', async () => {
    await close('maintenance');
    await account().untilPhase('held');
    await until(async () => (await summarizedBy()) === 'huggingface');
    const run = await waiting();
    await account().handle.cancel();
    const cancelledAtMs = Date.now();
    expect((await run.result()).attempts.at(-1)).toMatchObject({ provider: 'openai', outcome: 'ok' });
    expect(Date.now() - cancelledAtMs).toBeLessThan(20_000); // not when it would have looked again by itself
    expect(await account().result()).toMatchObject({ cause: 'Operator', runsThatWaited: 1 });
  });

  it('releases who waits also by cancelling a rate limit that named a time', async () => {
    rig.fake.script('openai', [{ status: 429, headers: { 'retry-after': '600' } }]);
    const run = await waiting();
    await model().untilPhase('limited');
    await model().handle.cancel();
    expect((await run.result()).attempts.map(({ outcome }) => outcome)).toEqual(['failed', 'ok', 'ok']);
  });

  it('takes it back at once though a probe is under way, and those who wait go on', async () => {
    rig.fake.script('openai', ['500']);
    const run = await rig.start({ text: TEXT, routes: ALONE });
    await until(() => rig.fake.log.length === 1);
    rig.fake.always('openai', 'hang');
    await until(() => rig.fake.log.some(isProbe));
    const story = model().opened();
    rig.fake.always('openai', undefined);
    expect(await story).toMatchObject({ probes: [] }); // its answer was not waited for
    expect((await run.result()).attempts.at(-1)).toMatchObject({ outcome: 'ok' });
  });

  it('disables it also while those who waited for its return are woken', async () => {
    await close('maintenance');
    await Promise.all(Array.from({ length: 100 }, (_, run) => account().handle.signal('waitFor', `nobody-${run}`)));
    await account().handle.signal('open');
    await account().handle.signal('close', 'again');
    await until(async () => (await account().state())?.message === 'again');
    expect(await account().state()).toMatchObject({ phase: 'held' });
    expect(await account().opened()).toMatchObject({ cause: 'Operator', message: 'again', runsThatWaited: 100 });
  });

  it('can enable it after any number of runs have come to wait for it', async () => {
    await close('maintenance');
    const { runId } = await account().handle.describe();
    await until(async () => {
      for (let run = 0; run < 50; run += 1) await account().handle.signal('waitFor', 'nobody');
      return (await account().handle.describe()).runId !== runId; // its history was cut, long before the server's limit
    }, 90_000);
    expect(await account().state()).toMatchObject({ phase: 'held', message: 'maintenance' });
    expect(await account().opened()).toMatchObject({ runsThatWaited: 1 });
    await until(async () => (await summarizedBy()) === 'openai');
  }, 120_000);

  it('overrules an outage of a model that ends by itself', async () => {
    rig.fake.always('openai', '500');
    await summarizedBy();
    await model().untilPhase('closed');
    await close('wait for the vendor');
    await account().untilPhase('held');
    rig.fake.always('openai', undefined);
    await model().untilEnded();
    expect(await summarizedBy()).toBe('huggingface');
    await account().opened();
    await until(async () => (await summarizedBy()) === 'openai');
  });
});

describe('what is no signal of ours', () => {
  const GARBAGE: unknown[] = [undefined, null, 7, '', 'x'.repeat(100_000), [], {}, { failure: {} }, [[]]];

  it('changes nothing in an outage', async () => {
    await close('maintenance');
    await account().untilPhase('held');
    const before = await account().state();
    for (const garbage of GARBAGE) {
      await account().handle.signal('providerFailed', garbage);
      await account().handle.signal('waitFor', garbage);
      await account().handle.signal('nobodyKnowsThis', garbage);
    }
    await account().handle.signal('waitFor', 'nobody'); // it has come through all of them when this one counts
    expect(await account().state()).toEqual(before);
    expect(await account().opened()).toMatchObject({ message: 'maintenance', probesMade: 0, runsThatWaited: 1 });
  });

  it('changes nothing in a run', async () => {
    await close('maintenance');
    await account().untilPhase('held');
    await until(async () => (await summarizedBy()) === 'huggingface');
    const asked = rig.fake.requestsTo('openai').length;
    const run = await waiting();
    for (const garbage of GARBAGE) {
      await run.signal('understudy.reopened', garbage);
      await run.signal('nobodyKnowsThis', garbage);
    }
    expect(await run.query('status')).toMatchObject({ phase: 'summarize', waitingFor: [{ provider: 'openai' }] });
    expect(rig.fake.requestsTo('openai')).toHaveLength(asked);
    await account().opened();
    expect((await run.result()).attempts.map(({ outcome }) => outcome)).toEqual(['skipped', 'ok', 'ok']);
  });
});
