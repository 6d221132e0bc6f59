import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { split } from '../../../src/domain/failover/split.js';
import { configFor, openRig, type Rig } from '../../support/rig.js';
import { hashOf } from '../../support/vendor-request.js';
import { textOf } from '../../support/long-text.js';

const MAX_CHARS = 3_500;
const MARKER = 'xylophone-4711';
const ROUTES = { summarize: ['openai', 'huggingface'], sentiment: ['openai'] };

let rig: Rig;
beforeAll(async () => {
  rig = await openRig((fake) =>
    configFor(
      fake,
      `  small: { kind: openai, baseUrl: "${fake.openaiUrl('openai')}", timeoutMs: 5000, maxInputChars: ${MAX_CHARS} }
  smaller: { kind: huggingface, baseUrl: "${fake.huggingFaceUrl('huggingface')}", timeoutMs: 5000, maxInputChars: ${MAX_CHARS} }`,
    ),
  );
});
afterAll(() => rig.close());
afterEach(() => rig.heal());

async function historyOf(workflowId: string): Promise<{ bytes: number; times: (marker: string) => number }> {
  const handle = rig.client.workflow.getHandle(workflowId);
  const { workflowExecutionInfo } = (await handle.describe()).raw;
  const payloads: string[] = [];
  collectBytes(await handle.fetchHistory(), payloads);
  const times = (marker: string) => payloads.filter((payload) => payload.includes(marker)).length;
  return { bytes: Number(workflowExecutionInfo?.historySizeBytes), times };
}

function collectBytes(value: unknown, found: string[]): void {
  if (value instanceof Uint8Array) found.push(Buffer.from(value).toString());
  else if (typeof value === 'object' && value !== null) {
    for (const each of Object.values(value)) collectBytes(each, found);
  }
}

describe('a text that does not fit a provider', () => {
  it('is summarized in parts that fit and cover it, each once, and stands in history once', async () => {
    const half = textOf(150_000);
    const text = `${half} The ${MARKER} stands in the middle. ${half}`;
    const routes = { summarize: ['small', 'smaller'], sentiment: ['small'] };
    rig.fake.control({ name: 'openai', random: { probability: 0.1, seed: 7, faults: ['422'] }, task: 'summarize' });
    const { workflowId, attempts } = await rig.analyze(text, { routes });

    const asked = rig.fake.log.filter(({ task }) => task === 'summarize');
    expect(Math.max(...asked.map(({ characters }) => characters))).toBeLessThanOrEqual(MAX_CHARS);
    const parts = split(text, MAX_CHARS).map(({ from, to }) => hashOf(text.slice(from, to)));
    for (const part of parts) {
      const answered = asked.filter(({ textHash, billed }) => textHash === part && billed);
      expect(answered).toHaveLength(parts.filter((each) => each === part).length);
    }

    const failed = attempts.filter(({ outcome }) => outcome === 'failed');
    expect(failed.length).toBeGreaterThan(0);
    for (const { part } of failed) {
      expect(attempts.filter((each) => each.part === part).map(({ provider }) => provider)).toEqual([
        'small',
        'smaller',
      ]);
    }
    const { bytes, times } = await historyOf(workflowId);
    expect(times(MARKER)).toBe(process.env.TEST_ENCRYPTION === '1' ? 0 : 1); // nobody reads it there
    expect(bytes).toBeLessThan(2 * 1024 * 1024);
  }, 120_000);

  it('is split in half where a provider finds it too long, and the run remembers', async () => {
    const text = textOf(9_000);
    rig.fake.script('openai', ['context-too-long'], 'summarize');
    const { attempts } = await rig.analyze(text, { routes: ROUTES });
    expect(attempts[0]).toMatchObject({ failure: 'ContextTooLong' });
    expect(attempts.slice(1).every(({ outcome }) => outcome === 'ok')).toBe(true);
    expect(attempts.at(-2)?.part).toBe('all');
    const [whole, ...parts] = rig.fake.requestsTo('openai', 'summarize').map(({ characters }) => characters);
    expect(Math.max(...parts)).toBeLessThanOrEqual(Math.ceil((whole ?? NaN) / 2));
    expect(parts.length).toBeLessThanOrEqual(4);
    expect(rig.fake.requestsTo('huggingface')).toHaveLength(0);
  });

  it('goes to another provider where it can be split no more', async () => {
    rig.fake.always('openai', 'context-too-long', 'summarize');
    const { attempts } = await rig.analyze(textOf(2_500), { routes: ROUTES });
    expect(attempts.filter(({ task, outcome }) => task === 'summarize' && outcome === 'ok').length).toBeGreaterThan(0);
    expect(new Set(attempts.filter(({ outcome }) => outcome === 'failed').map(({ failure }) => failure))).toEqual(
      new Set(['ContextTooLong']),
    );
    expect(attempts.find(({ task, outcome }) => task === 'summarize' && outcome === 'ok')?.provider).toBe(
      'huggingface',
    );
  });

  it('costs one request to a provider whose model is gone, not one for each part', async () => {
    rig.fake.always('openai', '404', 'summarize');
    const { attempts } = await rig.analyze(textOf(30_000), {
      routes: { summarize: ['small', 'smaller'], sentiment: ['small'] },
    });
    expect(rig.fake.requestsTo('openai', 'summarize')).toHaveLength(1);
    expect(attempts.filter(({ failure }) => failure === 'BadRequest')).toHaveLength(1);
    expect(
      attempts.filter(({ provider, outcome }) => provider === 'smaller' && outcome === 'ok').length,
    ).toBeGreaterThan(5);
  });

  it('ends when a part is refused, though others wait for a provider', async () => {
    const limited = { status: 429, headers: { 'retry-after': '600' } };
    rig.fake.script('openai', ['refusal', limited, limited], 'summarize');
    const { type, attempts } = await rig.failure({
      text: textOf(10_000),
      routes: { summarize: ['small'], sentiment: ['small'] },
      deadlineMs: 300_000,
    });
    expect(type).toBe('Refused');
    expect(attempts.length).toBeLessThanOrEqual(3);
  });

  it('ends with one clear error when a part fails for good', async () => {
    rig.fake.always('openai', '422', 'summarize');
    rig.fake.always('huggingface', '404', 'summarize');
    const { type, attempts } = await rig.failure({
      text: textOf(30_000),
      routes: { summarize: ['small', 'smaller'], sentiment: ['small'] },
    });
    expect(type).toBe('NoProviderLeft');
    expect(attempts.length).toBeLessThanOrEqual(6); // the parts that were under way, and no more
    expect(rig.fake.log).toHaveLength(attempts.length);
  });
});
