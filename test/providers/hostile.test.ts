import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { retryAfterMs, rateLimitResetMs, restInWords, MAX_REST_MS } from '../../src/http/retry-after.js';
import { replyIn as messageReplyIn, messageInStream } from '../../src/providers/anthropic/message.js';
import { replyIn } from '../../src/providers/chat/completion.js';
import { completionInStream } from '../../src/providers/chat/event-stream.js';
import { endingOf } from '../../src/providers/chat/finish-reason.js';
import { labelProbability } from '../../src/providers/chat/label-probability.js';
import { textToSend } from '../../src/providers/chat/messages.js';
import { answerIn } from '../../src/providers/chat/reply.js';
import { withoutThoughts } from '../../src/providers/chat/thoughts.js';
import { bestLabel, labelsBody, summaryBody } from '../../src/providers/huggingface/pipeline-answer.js';
import { ProviderError } from '../../src/providers/provider.js';
import { errorInside, statusFailure } from '../../src/providers/wire/answer-failure.js';
import { sentimentAnswer, summaryAnswer } from '../../src/providers/wire/checked-answer.js';
import { cleanedJson, jsonIn, jsonWithin } from '../../src/providers/wire/json.js';
import { objectionIn } from '../../src/providers/wire/objection.js';
import { withoutSecrets } from '../../src/providers/wire/secrets.js';
import { kindOfFailure } from '../../src/providers/wire/status.js';
import { isTooFewFor, usageIn } from '../../src/providers/wire/usage.js';
import { holdsError, vendorErrorIn } from '../../src/providers/wire/vendor-error.js';
import { vendorMessage } from '../../src/providers/wire/vendor-message.js';
import { startFakeProviders, type FakeProviders } from '../support/fake-providers.js';
import { outcomeOf, vendor, VENDOR_NAMES } from './vendors.js';

const SECRETS = ['sk-AbCdEfGhIjKl0123456789'];
const ANSWERED = { secrets: SECRETS, text: 'a text', usage: undefined };
const CONNECTION = { apiKey: SECRETS[0], apiKeyEnv: 'A_KEY', timeoutMs: 1_000 };
const OUTPUTS = [
  { name: 'a', maxTokens: 100 },
  { name: 'b', maxTokens: 100, schema: {} },
];

/** Values with the names that the parsers look for. */
const NAMES = [
  'choices',
  'message',
  'content',
  'finish_reason',
  'stop_reason',
  'error',
  'code',
  'type',
  'status',
  'usage',
  'prompt_tokens',
  'completion_tokens',
  'input_tokens',
  'output_tokens',
  'detail',
  'msg',
  'loc',
  'param',
  'label',
  'score',
  'summary_text',
  'text',
  'delta',
  'logprobs',
  'token',
  'logprob',
  'base_resp',
  'status_code',
  'errors',
  'details',
  'retryDelay',
  'estimated_time',
  'refusal',
  '__proto__',
  'constructor',
];
const { value: VALUE } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'medium' },
    fc.string(),
    fc.double(),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.constantFrom('stop', 'error', 'text', '429', 'POSITIVE', '{"label":"POSITIVE","score":1}'),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...NAMES), tie('value'), { maxKeys: 6 }),
  ),
}));
const JSON_VALUE = VALUE.map((value) => JSON.parse(JSON.stringify(value)) as unknown);

/** Runs what may throw a failure of ours, and nothing else. */
function orProviderError(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    expect(error).toBeInstanceOf(ProviderError);
  }
}

const RUNS = { numRuns: 500 };

it('a list where a part of a content belongs is no text', () => {
  expect(() => messageReplyIn({ content: [[]] }, ANSWERED)).not.toThrow();
  expect(messageReplyIn({ content: [['text'], 'a word'] }, ANSWERED).text).toBe('a word');
});

it('no JSON makes a parser of answers throw anything but a failure', () => {
  fc.assert(
    fc.property(JSON_VALUE, (json) => {
      orProviderError(() => replyIn(json, ANSWERED));
      orProviderError(() => messageReplyIn(json, ANSWERED));
      orProviderError(() => summaryBody(json));
      orProviderError(() => bestLabel(labelsBody(json)[0], { good: 'POSITIVE' }));
      for (const output of OUTPUTS) {
        orProviderError(() => answerIn(replyIn(json, ANSWERED), output, ANSWERED));
        orProviderError(() => answerIn(messageReplyIn(json, ANSWERED), output, ANSWERED));
      }
      orProviderError(() => sentimentAnswer(json, json, undefined, ANSWERED));
      expect(typeof holdsError(json)).toBe('boolean');
      expect(typeof vendorErrorIn(json).message).toBe('string');
      expect(endingOf(json)).toMatch(/^(complete|cut off|filtered|interrupted|unknown)$/);
      const usage = usageIn(json);
      if (usage)
        expect(
          usage.inputTokens > 0 && usage.inputTokens <= 1e9 && usage.outputTokens >= 0 && usage.outputTokens <= 1e9,
        ).toBe(true);
      expect(errorInside(json, { status: 200, headers: new Headers() }, ANSWERED, CONNECTION)).toMatchObject({
        message: expect.stringMatching(/^.{1,300}$/su),
      });
    }),
    RUNS,
  );
});

it('no text makes a parser of texts throw anything but a failure', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({
      unit: fc.constantFrom('{', '}', '[', ']', '"', '\\', ' ', 'a', '<', '>', '/think', '|', '\u001b', '\ud83d'),
    }),
    VALUE.map((value) => `data: ${JSON.stringify(value)}\n\n`),
  );
  fc.assert(
    fc.property(text, fc.integer({ min: 100, max: 599 }), (body, status) => {
      for (const read of [jsonIn, jsonWithin, completionInStream, messageInStream, withoutThoughts, textToSend])
        read(body);
      cleanedJson(jsonWithin(body), (clean) => clean);
      kindOfFailure({ status, code: body, message: body });
      objectionIn(status, body, body);
      labelProbability([{ token: body, logprob: -1 }]);
      isTooFewFor(body, { inputTokens: 1, outputTokens: 1 });
      const failure = statusFailure({ status, headers: new Headers(), body }, ANSWERED, CONNECTION);
      expect(failure.message).not.toMatch(/\p{Cc}|[\u202a-\u202e\u2066-\u2069]/u);
      expect(vendorMessage(body, ANSWERED).length).toBeLessThanOrEqual(280);
      orProviderError(() => {
        const { value } = summaryAnswer(body, 20, ANSWERED);
        expect(value).not.toMatch(/[\p{Cc}\p{Cs}]|[\u202a-\u202e\u2066-\u2069]/u);
      });
    }),
    RUNS,
  );
});

it('no header names a rest that is no number of milliseconds', () => {
  const value = fc.oneof(
    fc.stringMatching(/^[\x21-\x7e]{1,60}$/),
    fc.stringMatching(/^\d{1,60}(\.\d{1,9})?(ms|s|m|h|d)?$/),
    fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
  );
  fc.assert(
    fc.property(value, fc.integer({ min: 0, max: 4e12 }), (said, nowMs) => {
      const headers = new Headers({ 'retry-after': said, 'x-ratelimit-reset': said, 'x-ratelimit-reset-tokens': said });
      for (const ms of [
        retryAfterMs(headers, nowMs),
        rateLimitResetMs(headers, nowMs),
        retryAfterMs(new Headers({ 'retry-after-ms': said }), nowMs),
        restInWords(`try again in ${said}`),
      ]) {
        expect(ms === undefined || (ms >= 0 && ms <= MAX_REST_MS)).toBe(true);
      }
    }),
    RUNS,
  );
});

it('no spelling of a secret is left, wherever it stands', () => {
  const secret = fc.stringMatching(/^[A-Za-z0-9_-]{16,60}$/);
  const spell = fc.constantFrom<(key: string) => string>(
    (key) => key,
    (key) => key.toUpperCase(),
    (key) => Array.from(key).reverse().join(''),
    (key) => Array.from(key).join(' '),
    (key) => Array.from(key).join('\u200d'),
  );
  fc.assert(
    fc.property(secret, spell, fc.string(), fc.string(), (key, spelled, before, behind) => {
      fc.pre(key.replace(/[^A-Za-z0-9]/g, '').length >= 12);
      expect(withoutSecrets(`${before} ${spelled(key)} ${behind}`, [key], 10)).not.toContain(spelled(key));
    }),
    RUNS,
  );
});

describe('worst cases take little time', () => {
  const KIB_256 = 256 * 1024;
  const fill = (unit: string, length = KIB_256) => unit.repeat(Math.ceil(length / unit.length)).slice(0, length);
  const UNITS = [
    '{',
    '}',
    '[',
    '{"',
    '"',
    '\\',
    '[{',
    '{}',
    ' ',
    '\n',
    ',',
    ';',
    '.',
    '."',
    'a',
    '1',
    '1.',
    'data:',
    'data:{}\n',
    'data: {"choices":[{"delta":{"content":"a"}}]}\n',
    '<think>',
    '</think>',
    '<',
    '<|',
    '</',
    '[/',
    '*',
    'sk-',
    '***',
    '\u001b',
    '\ud83d',
    '😀',
    'max_tokens ',
    'role ',
    'exceed ',
    'try again in ',
    'token count ',
    'blocked by ',
    'jinja ',
    '水',
    'content ',
  ];

  it.each(UNITS)('%j', (unit) => {
    const body = fill(unit);
    const took: [string, number][] = [];
    const timed = (name: string, read: () => unknown) => {
      const startedAtMs = performance.now();
      orProviderError(read);
      took.push([name, performance.now() - startedAtMs]);
    };
    timed('json', () => jsonIn(body));
    timed('json within', () => jsonWithin(body.slice(0, 65_536)));
    timed('stream', () => completionInStream(body));
    timed('message stream', () => messageInStream(body));
    timed('thoughts', () => withoutThoughts(body));
    timed('text to send', () => textToSend(body));
    timed('status', () => kindOfFailure({ status: 400, code: body, message: body }));
    timed('objection', () => objectionIn(400, body, body));
    timed('failure', () => statusFailure({ status: 400, headers: new Headers(), body }, ANSWERED, CONNECTION));
    timed('message', () => vendorMessage(body, { secrets: SECRETS, text: body }));
    timed('secrets', () => withoutSecrets(body, SECRETS, 10));
    timed('summary', () => summaryAnswer(body, 1_000, ANSWERED));
    timed('probability', () => labelProbability([{ token: body, logprob: -1 }]));
    timed('ending', () => endingOf(body));
    timed('rest', () => restInWords(body));
    timed('tokens', () => isTooFewFor(body, { inputTokens: 1, outputTokens: 1 }));
    expect(took.filter(([, ms]) => ms > 3_000)).toEqual([]);
  });
});

describe('over the wire', () => {
  let fake: FakeProviders;
  beforeAll(async () => {
    fake = await startFakeProviders();
  });
  afterAll(() => fake.close());

  it.each(VENDOR_NAMES)('%s turns whatever comes with a 200 into a failure or an answer', async (name) => {
    const provider = vendor(name, fake);
    await fc.assert(
      fc.asyncProperty(JSON_VALUE, async (body) => {
        fake.script(provider.name, [{ status: 200, body }]);
        const outcome = await outcomeOf(provider, 'sentiment');
        const isFailure = outcome instanceof ProviderError;
        if (isFailure) expect(outcome.possiblyPaid || outcome.usage !== undefined).toBe(true);
        else expect(outcome.value).toMatchObject({ label: expect.any(String) });
      }),
      { numRuns: 60 },
    );
  });

  it.each(VENDOR_NAMES)('%s is not stopped by an answer full of braces', async (name) => {
    const provider = vendor(name, fake, { timeoutMs: 10_000 });
    const braces = '{'.repeat(200_000);
    for (const body of [
      { choices: [{ message: { content: braces } }] },
      { content: [{ type: 'text', text: braces }] },
      [[{ label: braces, score: 1 }]],
      [{ summary_text: braces }],
    ]) {
      fake.script(provider.name, [{ status: 200, body }]);
      const startedAtMs = performance.now();
      expect(await outcomeOf(provider, 'sentiment')).toMatchObject({ kind: 'BadOutput' });
      expect(performance.now() - startedAtMs).toBeLessThan(3_000);
    }
  });
});
