import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { AnalysisStatus } from '../../../src/domain/analyze/analysis.js';
import { split } from '../../../src/domain/failover/split.js';
import { textOf } from '../../support/long-text.js';
import { configFor, openRig, until, type Rig } from '../../support/rig.js';
import { hashOf } from '../../support/vendor-request.js';
import { outageOf, TEXT } from '../outage/outage-stage.js';

const BIG_CHARS = 6_000;
const SMALL_CHARS = 4_500;
const limited = { status: 429, headers: { 'retry-after': '600' } };

type Handle = Awaited<ReturnType<Rig['start']>>;

/** More events than a run has before it is cut. */
const LONG = 2_200;

/** Waits until a run waits for so many providers, and makes its history long by what no run listens to: then it needs quiet. */
async function cutHistory(rig: Rig, handle: Handle, waitsFor: number): Promise<void> {
  await until(async () => (await handle.query<AnalysisStatus>('status')).waitingFor?.length === waitsFor);
  const { runId } = await handle.describe();
  await until(async () => {
    const now = await rig.client.workflow.getHandle(handle.workflowId).describe();
    if (now.runId !== runId) return true;
    if (now.historyLength < LONG) await Promise.all(Array.from({ length: 100 }, () => handle.signal('nothing')));
    return false;
  }, 100_000);
}

describe('a run whose history was cut', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await openRig((fake) =>
      configFor(
        fake,
        `  big: { kind: openai, baseUrl: "${fake.openaiUrl('openai')}", timeoutMs: 5000, maxInputChars: ${BIG_CHARS} }
  small: { kind: huggingface, baseUrl: "${fake.huggingFaceUrl('huggingface')}", timeoutMs: 5000, maxInputChars: ${SMALL_CHARS} }`,
      ),
    );
  });
  afterAll(() => rig.close());
  afterEach(() => rig.heal());

  it('takes the answer to a part for the range that it was of, though others who are ready take less', async () => {
    const text = textOf(8_000);
    const [first, second] = split(text, BIG_CHARS).map(({ from, to }) => hashOf(text.slice(from, to)));
    expect(split(text, SMALL_CHARS)).toHaveLength(2); // of the same names
    rig.fake.script('openai', ['ok', limited], 'summarize');
    rig.fake.script('huggingface', [limited], 'summarize');
    const handle = await rig.start({ text, routes: { summarize: ['big', 'small'], sentiment: ['small'] } });
    await cutHistory(rig, handle, 2);
    await outageOf(rig.client, rig.unit('small')).handle.signal('open');
    await handle.result();
    const answered = rig.fake.log.filter(({ task, billed }) => task === 'summarize' && billed);
    expect(answered.slice(0, 2).map(({ textHash }) => textHash)).toEqual([first, second]);
    expect(answered).toHaveLength(3); // and once what they say together
  }, 150_000);
});

describe('a run whose task is not split', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await openRig((fake) => configFor(fake, 'tasks: { summarize: { split: false } }'));
  });
  afterAll(() => rig.close());

  it('pays for its summary once, though its history was cut', async () => {
    rig.fake.script('openai', [limited], 'sentiment');
    const handle = await rig.start({ text: TEXT, routes: { summarize: ['huggingface'], sentiment: ['openai'] } });
    await cutHistory(rig, handle, 1);
    await outageOf(rig.client, rig.unit('openai', 'sentiment')).handle.signal('open');
    expect(await handle.result()).toMatchObject({ summary: expect.stringContaining('In short') });
    expect(rig.fake.requestsTo('huggingface', 'summarize')).toHaveLength(1);
  }, 150_000);
});
