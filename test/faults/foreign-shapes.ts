import fc from 'fast-check';
import type { Payload } from '@temporalio/common';

/** What a client sends: a workflow's type or a signal's name, and its arguments as they go over the wire. */
export interface Shape {
  type: string;
  args: Payload[];
}

const utf8 = (text: string) => new TextEncoder().encode(text);
const encoded = (encoding: string, data: Uint8Array): Payload => ({ metadata: { encoding: utf8(encoding) }, data });
const json = (value: unknown): Payload => encoded('json/plain', utf8(JSON.stringify(value)));

/** Any JSON, also with keys that mean something to JavaScript, numbers at their limits, and texts of odd characters. */
const anything: fc.Arbitrary<unknown> = fc.oneof(
  fc.jsonValue({ maxDepth: 4, stringUnit: 'binary' }),
  fc.constantFrom<unknown>(
    ...[0, -1, 0.5, 1e308, -1e308, Number.MAX_SAFE_INTEGER, 2 ** 31, '', ' ', '\u0000', '\ud800', 'x'.repeat(70_000)],
    ...[[], {}, [null], { length: 1e9 }, { toString: 1 }, { then: {} }, { constructor: null }, null, true, 'openai'],
  ),
  fc
    .constantFrom('__proto__', 'constructor', 'toString', 'then')
    .map((key) => JSON.parse(`{"${key}":{"a":1}}`) as unknown),
);

/** A valid value with some fields replaced, left out or added, at any depth. */
function bent(value: unknown): fc.Arbitrary<unknown> {
  if (Array.isArray(value)) {
    return fc.oneof({ weight: 3, arbitrary: fc.tuple(...value.map(bent)) }, { weight: 1, arbitrary: anything });
  }
  if (typeof value !== 'object' || value === null) {
    return fc.oneof({ weight: 5, arbitrary: fc.constant(value) }, { weight: 1, arbitrary: anything });
  }
  const fields = Object.entries(value).map(([key, each]) =>
    fc.tuple(fc.constant(key), bent(each), fc.integer({ min: 0, max: 11 })),
  );
  const extra = fc.option(fc.tuple(fc.string(), anything), { freq: 5 });
  const built = fc.tuple(fc.tuple(...fields), extra).map(([pairs, more]) => {
    const kept = pairs.filter(([, , luck]) => luck > 0).map(([key, each]) => [key, each] as const);
    return Object.fromEntries(more ? [...kept, more] : kept);
  });
  return fc.oneof({ weight: 9, arbitrary: built }, { weight: 1, arbitrary: anything });
}

/** Bytes that no SDK of ours would write. */
const strange: fc.Arbitrary<Payload> = fc.oneof(
  fc.uint8Array({ maxLength: 200 }).map((data) => encoded('json/plain', data)),
  fc.uint8Array({ maxLength: 200 }).map((data) => encoded('binary/plain', data)),
  fc.uint8Array({ maxLength: 200 }).map((data) => encoded('binary/encrypted', data)),
  fc.uint8Array({ maxLength: 200 }).map((data) => encoded('json/protobuf', data)),
  fc.uint8Array({ maxLength: 200 }).map((data) => encoded('binary/protobuf', data)),
  fc.string().map((name) => encoded(name, utf8('1'))),
  fc.constantFrom<Payload>(
    {},
    { metadata: {} },
    { data: utf8('1') },
    encoded('binary/null', utf8('')),
    encoded('json/plain', utf8('')),
  ),
);

const candidate = {
  ...{ provider: 'openai', model: 'a-model', timeoutMs: 2_000, retry: { maximumAttempts: 1 }, local: false },
  ...{ maxOutputTokens: 100, price: { inputPerMillionTokens: 1, outputPerMillionTokens: 2 } },
};
const route = { candidates: [candidate] };
const report = {
  ...{ provider: 'openai', model: 'a-model', task: 'summarize', failure: { kind: 'Unavailable', message: 'gone' } },
  ...{
    timeoutMs: 2_000,
    probeMs: 1_000,
    isCertain: true,
    worker: 'somebody',
    isLastToServe: false,
    requestsPerSecond: 5,
  },
};
const VALID = {
  analyze: {
    ...{ text: 'A text of a stranger.', deadlineMs: 5_000, maxCostUsd: 1, routes: { summarize: ['openai'] } },
    plan: { availability: {}, skipped: [], routes: { summarize: route, sentiment: route } },
  },
  outage: report,
  batch: { input: 'a.jsonl', output: 'b.jsonl', concurrency: 4, maxCostUsd: 1, textColumn: 'text', retry: false },
  recurring: {
    ...{ schedule: 'a', source: { kind: 'file', path: 'a.txt' }, sink: { kind: 'file', path: 'b.jsonl' } },
    ...{ maxCostUsd: 1, maxItems: 3 },
  },
};
const TEXTS = { close: 'a reason', waitFor: 'a-run', reopened: 'openai/a-model', retryNow: 1, open: 1 };

function argsLike(value: unknown): fc.Arbitrary<Payload[]> {
  const one = fc.oneof({ weight: 4, arbitrary: bent(value).map(json) }, { weight: 1, arbitrary: strange });
  const more = fc.array(fc.oneof(anything.map(json), strange), { maxLength: 2 });
  return fc.oneof(
    { weight: 8, arbitrary: one.map((each) => [each]) },
    { weight: 2, arbitrary: fc.tuple(one, more).map(([each, others]) => [each, ...others]) },
    { weight: 1, arbitrary: fc.constant<Payload[]>([]) },
  );
}

const shapesOf = (types: Record<string, unknown>): fc.Arbitrary<Shape> =>
  fc.oneof(...Object.entries(types).map(([type, value]) => argsLike(value).map((args) => ({ type, args }))));

/** Starts of our workflows. */
export const input = shapesOf(VALID);

/** Signals, to whatever they may be sent. */
export const signal = fc.oneof(
  { weight: 5, arbitrary: shapesOf({ ...TEXTS, providerFailed: report }) },
  { weight: 1, arbitrary: fc.tuple(fc.string({ minLength: 1 }), argsLike(1)).map(([type, args]) => ({ type, args })) },
);

/** As much as the server takes in one message: bytes, and an array of a million numbers. */
export const HUGE = Object.keys(VALID).flatMap((type): Shape[] => [
  { type, args: [encoded('binary/plain', new Uint8Array(1_900_000))] },
  { type, args: [json(Array.from({ length: 900_000 }, () => 1))] },
]);
