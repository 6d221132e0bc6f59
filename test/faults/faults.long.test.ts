import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Analysis } from '../../src/domain/analyze/analysis.js';
import { PROBE_TEXT } from '../../src/domain/outage/outage.js';
import { ANALYZE_TASKS as TASKS, type AnalyzeTask as Task } from '../../src/domain/analyze/analysis.js';
import { fewAtATime } from '../../src/workflows/few-at-a-time.js';
import { refusingUrl, type FakeProviders, type LoggedRequest } from '../support/fake-providers.js';
import { FAULTS, type FaultName } from '../support/faults.js';
import { openRig, type Failed, type Rig } from '../support/rig.js';
import { startSelfSignedServer } from '../support/self-signed-server.js';
import { ROWS, type Place, type Row } from './table.js';

/** Settings of each kind, with `url` up to where the kinds differ. */
const KINDS = {
  openai: (url: string) => `kind: openai, baseUrl: "${url}/v1"`,
  'openai-compatible': (url: string) => `kind: openai-compatible, model: m, baseUrl: "${url}/v1"`,
  anthropic: (url: string) => `kind: anthropic, model: m, baseUrl: "${url}"`,
  'huggingface pipeline': (url: string) => `kind: huggingface, baseUrl: "${url}"`,
  'huggingface chat': (url: string) =>
    `kind: huggingface, baseUrl: "${url}", models: { summarize: { chat: m }, sentiment: { chat: m } }`,
};
type VendorKind = keyof typeof KINDS;

const SECOND = 'second';
const MAX_RUN_MS = 60_000; // a limit that only a defect reaches, on a slow machine with other things to do
const MAX_ATTEMPT_MS = 8_000;
const RUNS_AT_ONCE = 6;

/** A provider of its own for each case: what it does to that provider concerns no other case. */
interface Case extends Row {
  task: Task;
  provider: string;
}
function casesOf(vendor: VendorKind, task: Task): Case[] {
  const prefix = `${vendor.replace(' ', '-')}-${task}`;
  return ROWS.map((row, index) => ({ ...row, task, provider: `${prefix}-${index}` }));
}

interface Seen {
  result: Analysis | Failed;
  tookMs: number;
  toFirst: LoggedRequest[];
  toSecond: LoggedRequest[];
}

let places: Record<Place, string>;
let selfSigned: Awaited<ReturnType<typeof startSelfSignedServer>>;
beforeAll(async () => {
  selfSigned = await startSelfSignedServer();
  places = {
    'connection refused': await refusingUrl(),
    'unknown host': 'http://no-such-host.invalid',
    'no TLS': '',
    'self-signed certificate': selfSigned.url,
    'no key': '',
  };
});
afterAll(() => selfSigned.close());

function urlOf({ fault, provider }: Case, fake: FakeProviders): string {
  if (isFault(fault)) return `${fake.url}/${provider}`;
  return places[fault] || (fault === 'no TLS' ? fake.url.replace('http:', 'https:') : fake.url);
}

function configOf(vendor: VendorKind, cases: readonly Case[], fake: FakeProviders): string {
  const first = cases.map((each) => {
    const key = each.fault === 'no key' ? 'NOBODY_SETS_THIS' : 'OPENAI_API_KEY';
    const settings = `apiKeyEnv: ${key}, ${each.settings ?? 'timeoutMs: 8000'}`;
    return `  ${each.provider}: { ${KINDS[vendor](urlOf(each, fake))}, ${settings} }`;
  });
  const second = `  ${SECOND}: { kind: openai-compatible, model: m, baseUrl: "${fake.openaiUrl(SECOND)}" }`;
  return `providers:\n${[...first, second].join('\n')}\nroutes: { summarize: [second], sentiment: [second] }`;
}

async function seen(rig: Rig, { task, provider, fault, once }: Case): Promise<Seen> {
  const { fake } = rig;
  const name = `case-${provider};`; // among the first words of the text, so that it is in the summary too
  if (isFault(fault)) fake.control({ name: provider, ...(once ? { script: [fault] } : { always: fault }) });
  const routes = { summarize: [SECOND], sentiment: [SECOND], [task]: [provider, SECOND] };
  const startedAtMs = Date.now();
  const result = await rig.outcome({ text: `${name} the delivery was quick and all of it works.`, routes });
  const tookMs = Date.now() - startedAtMs;
  return {
    result,
    tookMs,
    toFirst: fake.requestsTo(provider).filter(({ text }) => text !== PROBE_TEXT),
    toSecond: fake.requestsTo(SECOND, task).filter(({ text }) => text.includes(name)),
  };
}

const TABLE = Object.keys(KINDS).flatMap((vendor) => TASKS.map((task) => [vendor as VendorKind, task] as const));

describe.each(TABLE)('%s: %s', (vendor, task) => {
  const cases = casesOf(vendor, task);
  const outcomes = new Map<string, Seen>();
  let rig: Rig;
  beforeAll(async () => {
    rig = await openRig((fake) => configOf(vendor, cases, fake));
    await fewAtATime(RUNS_AT_ONCE, cases, async (each) => outcomes.set(each.provider, await seen(rig, each)));
  }, 180_000);
  afterAll(() => rig.close());

  it.each(cases.map((each) => [`${each.fault} ${each.when ?? ''}`.trim(), each] as const))('%s', (_, row) => {
    const { provider, requests = 1 } = row;
    const kind = vendor === 'huggingface pipeline' ? (row.pipelineKind ?? row.kind) : row.kind;
    const { result, tookMs, toFirst, toSecond } = outcomes.get(provider) ?? fail(provider);
    expect(toFirst).toHaveLength(requests);
    expect(tookMs).toBeLessThan(MAX_RUN_MS);

    const failed = { provider, outcome: row.fault === 'no key' ? 'skipped' : 'failed', failure: kind };
    const answeredBy = kind === 'ok' || row.once ? provider : kind === 'Refused' ? undefined : SECOND;
    expect(answers(result, task)).toMatchObject([
      ...(kind === 'ok' ? [] : [failed]),
      ...(answeredBy === undefined ? [] : [{ provider: answeredBy, outcome: 'ok' }]),
    ]);
    expect(Math.max(...answers(result, task).map(({ latencyMs }) => latencyMs))).toBeLessThan(MAX_ATTEMPT_MS);
    expect(toSecond).toHaveLength(answeredBy === SECOND ? 1 : 0);
    expect('error' in result ? result.error.type : 'answered').toBe(kind === 'Refused' ? 'Refused' : 'answered');
  });

  it('sends nothing through a TLS connection that it cannot trust', () => {
    expect(selfSigned.arrived()).toBe(0);
  });

  it('sends the key to no host but the configured one', () => {
    expect(rig.fake.log.filter(({ name }) => name === 'redirected')).toHaveLength(0);
  });
});

/** An overloaded machine may lose a call between server and worker; the run asks again, and the vendor's log has one. */
function answers({ attempts }: Seen['result'], task: Task) {
  return attempts.filter((attempt) => attempt.task === task && attempt.failure !== 'WorkerLost');
}

function isFault(fault: FaultName | Place): fault is FaultName {
  return Object.hasOwn(FAULTS, fault);
}

function fail(provider: string): never {
  throw new Error(`no run of ${provider}`);
}
