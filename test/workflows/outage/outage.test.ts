import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { openRig, until, type Rig } from '../../support/rig.js';
import { isProbe, outageOf, TEXT } from './outage-stage.js';

let rig: Rig;
beforeAll(async () => {
  rig = await openRig();
});
afterAll(() => rig.close());
afterEach(() => rig.heal());

const model = () => outageOf(rig.client, rig.unit('openai'));
const account = () => outageOf(rig.client, 'openai');
const toOpenai = (of: 'probes' | 'runs') =>
  rig.fake.requestsTo('openai').filter((each) => isProbe(each) === (of === 'probes'));

async function trail(routes = { summarize: ['openai', 'huggingface'], sentiment: ['huggingface'] }) {
  const { attempts } = await rig.analyze(TEXT, { routes });
  return attempts.map(({ provider, outcome, failure }) => [provider, failure ?? outcome]);
}
/** What a worker remembers of an outage is a moment old. */
const untilTrailIs = (expected: unknown) =>
  until(async () => JSON.stringify(await trail()) === JSON.stringify(expected));

const OTHER_ANSWERS = [
  ['huggingface', 'ok'],
  ['huggingface', 'ok'],
];
const SWITCHED = [['openai', 'Unavailable'], ...OTHER_ANSWERS];
const PASSED_OVER = [['openai', 'ProviderClosed'], ...OTHER_ANSWERS];
const ANSWERED = [
  ['openai', 'ok'],
  ['huggingface', 'ok'],
];

describe('an outage', () => {
  it('was never more than a suspicion when its first probe is answered, and goes on watching', async () => {
    rig.fake.script('openai', ['500']);
    expect(await trail()).toEqual(SWITCHED);
    await model().untilPhase('over');
    expect(await trail()).toEqual(ANSWERED);
    const { unit, cause, probes, probesMade, probesCostUsd } = await model().opened();
    expect({ unit, cause, probesMade }).toEqual({ unit: rig.unit('openai'), cause: 'Unavailable', probesMade: 1 });
    expect(probes.map(({ answer }) => answer)).toEqual(['ok']);
    expect(probesCostUsd).toBeGreaterThan(0);
    expect(toOpenai('probes')).toHaveLength(1);
  });

  it('closes a model whose probe fails, ends when one is answered, and tells the story', async () => {
    rig.fake.always('openai', '500');
    expect(await trail()).toEqual(SWITCHED);
    await model().untilPhase('closed');
    await untilTrailIs(PASSED_OVER);
    const before = toOpenai('runs').length;
    expect(await Promise.all([trail(), trail(), trail()])).toEqual([PASSED_OVER, PASSED_OVER, PASSED_OVER]);
    expect(toOpenai('runs')).toHaveLength(before);

    rig.fake.always('openai', undefined);
    const story = await model().result();
    expect(story).toMatchObject({ provider: 'openai', cause: 'Unavailable', message: '500 The server had an error' });
    expect(story.seenBy).toMatch(/^understudy@/);
    expect(story.probes.map(({ answer }) => answer)).toEqual(['Unavailable: 500 The server had an error', 'ok']);
    expect(story.lastedMs).toBeGreaterThanOrEqual(10_000);
    await untilTrailIs(ANSWERED);
  });

  it('is one for all the runs that see a model fail', async () => {
    rig.fake.always('openai', '500');
    await Promise.all(Array.from({ length: 6 }, () => trail()));
    await model().untilPhase('closed');
    const { runId } = await model().handle.describe();
    await Promise.all(Array.from({ length: 3 }, () => trail()));
    expect((await model().handle.describe()).runId).toBe(runId);
    expect(toOpenai('probes')).toHaveLength(1);
  });

  it('leaves the other models of its provider in use', async () => {
    rig.fake.always('huggingface', '500', 'summarize');
    const routes = { summarize: ['huggingface', 'openai'], sentiment: ['huggingface'] };
    await trail(routes);
    await outageOf(rig.client, rig.unit('huggingface')).untilPhase('closed');
    expect((await trail(routes)).at(-1)).toEqual(['huggingface', 'ok']);
    expect(await outageOf(rig.client, rig.unit('huggingface', 'sentiment')).state()).toBeUndefined();
  });

  it('of a rate limit closes the model for every run at once, until the time it named, without a probe', async () => {
    rig.fake.script('openai', ['429-retry-after']);
    const startedAtMs = Date.now();
    expect(await trail()).toEqual([['openai', 'RateLimited'], ...OTHER_ANSWERS]);
    expect(await trail()).toEqual(PASSED_OVER);
    expect(await trail({ summarize: ['openai'], sentiment: ['huggingface'] })).toEqual([
      ['openai', 'ProviderClosed'],
      ...ANSWERED,
    ]);
    expect(Date.now() - startedAtMs).toBeGreaterThanOrEqual(3_000);
    expect(toOpenai('probes')).toHaveLength(0);
    expect((await model().result()).cause).toBe('RateLimited');
  });

  it('of a rate limit that names no time lasts twice as long when it goes on', async () => {
    rig.fake.always('openai', '429');
    await trail();
    await model().untilPhase('limited');
    const first = await model().state();
    await model().untilPhase('over');
    await trail();
    await model().untilPhase('limited');
    const second = await model().state();
    expect(first?.phase === 'limited' && first.untilMs - first.sinceMs).toBe(5_000);
    expect(second?.phase === 'limited' && second.untilMs - second.sinceMs).toBe(10_000);
  });

  it('of a key that the last worker cannot use closes the whole provider at once', async () => {
    rig.fake.always('openai', '401');
    expect(await trail()).toEqual([['openai', 'Auth'], ...OTHER_ANSWERS]);
    await account().untilPhase('closed');
    expect(await trail()).toEqual([['openai', 'ProviderClosed'], ...OTHER_ANSWERS]);
    expect(rig.fake.requestsTo('openai')).toHaveLength(1);

    rig.fake.always('openai', undefined);
    await account().opened();
    await untilTrailIs(ANSWERED);
  });

  it('is not opened by what is about one request', async () => {
    rig.fake.script('openai', ['422', 'context-too-long', '404']);
    for (let run = 0; run < 3; run += 1) await trail();
    rig.fake.script('openai', ['500']); // and had one been told, it would have been before this one
    await trail();
    await model().untilPhase('over');
    expect((await model().opened()).message).toContain('500');
    expect(toOpenai('probes')).toHaveLength(1);
  });
});
