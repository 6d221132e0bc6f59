import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AnalysisStatus } from '../../../src/domain/analyze/analysis.js';
import { openRig, until, type Rig } from '../../support/rig.js';
import { isProbe, outageOf, TEXT } from '../outage/outage-stage.js';

const OPENAI_ALONE = { summarize: ['openai'], sentiment: ['openai'] };
const MINUTE = { status: 503, body: { error: 'Model m is currently loading', estimated_time: 60 } };

let rig: Rig;
beforeAll(async () => {
  rig = await openRig();
});
afterAll(() => rig.close());
afterEach(() => rig.heal());

type Handle = Awaited<ReturnType<Rig['start']>>;
const waitsFor = async (handle: Handle) => (await handle.query<AnalysisStatus>('status')).waitingFor;
const requestsOfRuns = () => rig.fake.log.filter((each) => !isProbe(each));
const openai = () => outageOf(rig.client, rig.unit('openai'));

function breakBoth(): void {
  for (const name of ['openai', 'huggingface']) rig.fake.always(name, '500');
}

describe('runs that nobody can answer now', () => {
  it('wait without a call, wake by themselves when a provider is back, and come back spread out', async () => {
    breakBoth();
    const handles = await Promise.all(Array.from({ length: 10 }, () => rig.start({ text: TEXT })));
    const units = ['openai', 'huggingface'].map((provider) => rig.unit(provider));
    await Promise.all(units.map((unit) => outageOf(rig.client, unit).untilPhase('closed')));
    for (const handle of handles) {
      // without a time: nobody knows when an outage ends
      await until(async () => {
        const waitingFor = await waitsFor(handle);
        return waitingFor?.length === 2 && waitingFor.every((each) => each.until === undefined);
      });
    }
    const before = requestsOfRuns().length;
    await sleep(6_000); // several rounds of anybody who would not know
    expect(requestsOfRuns()).toHaveLength(before);

    for (const name of ['openai', 'huggingface']) rig.fake.always(name, undefined);
    const results = await Promise.all(handles.map((handle) => handle.result()));
    expect(results.every(({ summary }) => summary !== '')).toBe(true);
    const answered = requestsOfRuns().slice(before);
    expect(answered).toHaveLength(20);
    const times = answered.filter(({ task }) => task === 'summarize').map(({ atMs }) => atMs);
    expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan(200);
  }, 90_000);

  it('end at their deadline, with the trail and the last word of every provider', async () => {
    breakBoth();
    const { type, message, attempts } = await rig.failure({ text: TEXT, deadlineMs: 4_000 });
    expect(type).toBe('DeadlineExceeded');
    expect(message).toMatch(/no answer within 4000 ms.*openai: .*huggingface: /);
    expect(attempts.slice(0, 2).map(({ failure }) => failure)).toEqual(['Unavailable', 'Unavailable']);
  });

  it('say for whom they wait and until when, and try at once when they are told to', async () => {
    rig.fake.script('openai', [MINUTE]);
    const handle = await rig.start({ text: TEXT, routes: OPENAI_ALONE });
    await until(async () => (await waitsFor(handle)) !== undefined);
    const [place] = (await waitsFor(handle)) ?? [];
    expect(place?.provider).toBe('openai');
    expect(Date.parse(String(place?.until)) - Date.now()).toBeGreaterThan(20_000); // a minute is the outage's to say
    await handle.signal('retryNow');
    const { attempts } = await handle.result();
    expect(attempts.map(({ outcome }) => outcome)).toEqual(['failed', 'ok', 'ok']);
    expect(await handle.query('status')).toMatchObject({ phase: 'done', attempts });
  });

  it('still make no call to a closed provider when they are told to try at once', async () => {
    rig.fake.always('openai', '500');
    const handle = await rig.start({ text: TEXT, routes: OPENAI_ALONE });
    await openai().untilPhase('closed');
    await until(async () => {
      const [first] = (await waitsFor(handle)) ?? [];
      return first !== undefined && first.until === undefined;
    });
    const before = requestsOfRuns().length;
    await handle.signal('retryNow');
    await until(async () => (await handle.query<AnalysisStatus>('status')).attempts.at(-1)?.outcome === 'skipped');
    rig.fake.always('openai', undefined);
    await handle.result();
    expect(requestsOfRuns()).toHaveLength(before + 2);
  });

  it('go on before the time that a rate limit named when an operator opens the provider', async () => {
    rig.fake.script('openai', [{ status: 429, headers: { 'retry-after': '600' } }]);
    await rig.analyze(TEXT, { routes: { summarize: ['openai', 'huggingface'], sentiment: ['huggingface'] } });
    const handle = await rig.start({ text: TEXT, routes: OPENAI_ALONE });
    await until(async () => (await waitsFor(handle)) !== undefined);
    await openai().handle.signal('open');
    expect((await handle.result()).attempts.at(-1)).toMatchObject({ provider: 'openai', outcome: 'ok' });
  });

  it('go on at once with their other task too when an operator ends a rate limit that they met', async () => {
    rig.fake.script('openai', [{ status: 429, headers: { 'retry-after': '600' } }]);
    const handle = await rig.start({
      text: TEXT,
      routes: { summarize: ['openai', 'huggingface'], sentiment: ['openai'] },
    });
    await until(async () => (await waitsFor(handle))?.[0]?.provider === 'openai');
    await openai().handle.signal('open');
    expect((await handle.result()).attempts.at(-1)).toMatchObject({
      task: 'sentiment',
      provider: 'openai',
      outcome: 'ok',
    });
  });

  it('do not ask for one task who failed at the other a moment ago', async () => {
    rig.fake.script('openai', ['500']);
    const routes = { summarize: ['openai', 'huggingface'], sentiment: ['openai', 'huggingface'] };
    const { attempts } = await rig.analyze(TEXT, { routes });
    expect(attempts).toMatchObject([
      { task: 'summarize', provider: 'openai', outcome: 'failed', failure: 'Unavailable' },
      { task: 'summarize', provider: 'huggingface', outcome: 'ok' },
      { task: 'sentiment', provider: 'openai', outcome: 'skipped', failure: 'Unavailable' },
      { task: 'sentiment', provider: 'huggingface', outcome: 'ok' },
    ]);
  });

  it('cut a history that grows long, and end with a trail that is folded', async () => {
    rig.fake.script('openai', [{ status: 429, headers: { 'retry-after': '600' } }]);
    const handle = await rig.start({ text: TEXT, routes: OPENAI_ALONE });
    await until(async () => (await waitsFor(handle)) !== undefined);
    const { runId } = await handle.describe();
    await until(async () => {
      // Each costs an event, and all of them together one more look.
      await Promise.all(Array.from({ length: 20 }, () => handle.signal('retryNow')));
      return (await rig.client.workflow.getHandle(handle.workflowId).describe()).runId !== runId;
    }, 240_000);
    await openai().handle.signal('open');
    const { attempts } = await handle.result();
    expect(attempts.filter(({ outcome }) => outcome === 'ok')).toHaveLength(2);
    expect(attempts[0]).toMatchObject({ provider: 'openai', failure: 'RateLimited' });
    expect(attempts.length).toBeLessThan(20);
    expect(attempts.some(({ folded = 0 }) => folded > 20)).toBe(true);
    expect(requestsOfRuns()).toHaveLength(3);
  }, 300_000);

  it('do not wait for what only a person can mend', async () => {
    rig.fake.always('openai', '401');
    await rig.failure({ text: TEXT, routes: OPENAI_ALONE });
    const { type, message } = await rig.failure({ text: TEXT, routes: OPENAI_ALONE });
    expect(type).toBe('NoProviderLeft');
    expect(message).toContain('set OPENAI_API_KEY');
    expect(rig.fake.requestsTo('openai')).toHaveLength(1);
  });
});
