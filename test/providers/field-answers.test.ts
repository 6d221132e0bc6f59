import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { gzipSync, deflateSync, brotliCompressSync } from 'node:zlib';
import { startFakeProviders, type FakeProviders } from '../support/fake-providers.js';
import type { GivenAnswer } from '../support/faults.js';
import { outcomeOf, TEXT, vendor } from './vendors.js';

let fake: FakeProviders;
beforeAll(async () => {
  fake = await startFakeProviders();
});
afterAll(() => fake.close());

const USAGE = { prompt_tokens: 70, completion_tokens: 9 };
const SUMMARY = 'The figures were splendid.';
const LABEL = '{"label":"NEGATIVE","score":0.9}';

const completion = (content: unknown, more: object = {}, message: object = {}) => ({
  choices: [{ finish_reason: 'stop', message: { content, ...message }, ...more }],
  usage: USAGE,
});
const answered = (body: unknown): GivenAnswer => ({ status: 200, body });

const compatible = (changes?: object) => vendor('openai-compatible', fake, { ...changes });
async function summaryOf(answer: GivenAnswer, text = TEXT) {
  fake.script('c', [answer]);
  return outcomeOf(compatible(), 'summarize', text);
}
async function sentimentOf(answer: GivenAnswer, changes?: object) {
  fake.script('c', [answer]);
  return outcomeOf(compatible(changes), 'sentiment');
}

describe('a reason to stop', () => {
  it.each([
    'stop',
    'STOP',
    'end_turn',
    'eos',
    'eos_token',
    'COMPLETE',
    'stop_sequence',
    'FINISH_REASON_STOP',
    '',
    null,
    undefined,
  ])('that means complete makes an answer: %p', async (finish_reason) => {
    expect(await summaryOf(answered(completion(SUMMARY, { finish_reason })))).toMatchObject({ value: SUMMARY });
  });

  it.each([
    'length',
    'MAX_TOKENS',
    'max_output_tokens',
    'model_length',
    'max_new_tokens',
    'model_context_window_exceeded',
  ])('that means cut off makes BadOutput: %s', async (finish_reason) => {
    const outcome = await summaryOf(answered(completion('The figures', { finish_reason })));
    expect(outcome).toMatchObject({
      kind: 'BadOutput',
      message: expect.stringMatching(/cut off/),
      usage: { inputTokens: 70 },
    });
  });

  it.each([
    'content_filter',
    'content-filter',
    'SAFETY',
    'RECITATION',
    'PROHIBITED_CONTENT',
    'guardrail_intervened',
    'ERROR_TOXIC',
    'sensitive',
    'refusal',
  ])('that means filtered makes Refused: %s', async (finish_reason) => {
    const outcome = await summaryOf(answered(completion('The figures', { finish_reason })));
    expect(outcome).toMatchObject({ kind: 'Refused', usage: { outputTokens: 9 } });
  });

  it.each(['error', 'unknown', 'OTHER', 'tool_calls', 'cancelled', 'FINISH_REASON_UNSPECIFIED', 'nonstop', 7, {}])(
    'that nobody knows makes BadOutput: %p',
    async (finish_reason) => {
      const outcome = await summaryOf(answered(completion('The figures', { finish_reason })));
      expect(outcome).toMatchObject({ kind: 'BadOutput', usage: { inputTokens: 70 } });
    },
  );

  it.each(['insufficient_system_resource', 'network_error', 'TIMEOUT', 'abort'])(
    'that means the vendor gave up makes Unavailable: %s',
    async (finish_reason) => {
      const outcome = await summaryOf(answered(completion('The figures', { finish_reason })));
      expect(outcome).toMatchObject({ kind: 'Unavailable', usage: { inputTokens: 70, outputTokens: 9 } });
    },
  );

  it('beside an error is what the error is', async () => {
    const error = { code: 502, message: 'Provider disconnected' };
    const outcome = await summaryOf(answered(completion('The figures', { finish_reason: 'error', error })));
    expect(outcome).toMatchObject({
      kind: 'Unavailable',
      message: expect.stringMatching(/Provider disconnected/),
      usage: { inputTokens: 70 },
    });
  });
});

describe('thinking', () => {
  const THOUGHT = 'Okay, the user wants a summary. Positive? {"label":"POSITIVE","score":1}';
  const FORMS: [string, (answer: string) => string][] = [
    ['an element', (answer) => `<think>${THOUGHT}</think>${answer}`],
    ['no opening tag', (answer) => `${THOUGHT}\n</think>\n\n${answer}`],
    ['another element', (answer) => `<thinking>\n${THOUGHT}\n</thinking>\n${answer}`],
    ['capitals', (answer) => `<THINK>${THOUGHT}</THINK> ${answer}`],
    ['brackets', (answer) => `[THINK]${THOUGHT}[/THINK]${answer}`],
    ['triangles', (answer) => `◁think▷${THOUGHT}◁/think▷${answer}`],
    ['thoughts within thoughts', (answer) => `<think>${THOUGHT} </think> no. </think>${answer}`],
    [
      'channels',
      (answer) =>
        `<|channel|>analysis<|message|>${THOUGHT}<|end|><|start|>assistant<|channel|>final<|message|>${answer}<|return|>`,
    ],
    ['channels without marks', (answer) => `analysisOkay ${THOUGHT}assistantfinal${answer}`],
    [
      'start and end',
      (answer) => `<|START_THINKING|>${THOUGHT}<|END_THINKING|><|START_RESPONSE|>${answer}<|END_RESPONSE|>`,
    ],
    [
      'thought and solution',
      (answer) => `<|begin_of_thought|>${THOUGHT}<|end_of_thought|>\n<|begin_of_solution|>${answer}<|end_of_solution|>`,
    ],
    ['words', (answer) => `Here is my thought process: ${THOUGHT}\nHere is my response: ${answer}`],
    ['an answer element', (answer) => `<reasoning>${THOUGHT}</reasoning><answer>${answer}</answer>`],
    ['a colon in its name', (answer) => `<seed:think>${THOUGHT}</seed:think>${answer}`],
  ];

  it.each(FORMS)('in %s is no part of a summary', async (_, form) => {
    expect(await summaryOf(answered(completion(form(SUMMARY))))).toMatchObject({ value: SUMMARY });
  });

  it.each(FORMS)('in %s is no part of a label', async (_, form) => {
    expect(await sentimentOf(answered(completion(form(LABEL))))).toMatchObject({ value: { label: 'NEGATIVE' } });
  });

  it.each(FORMS)('in %s without an answer is BadOutput', async (_, form) => {
    const outcome = await summaryOf(answered(completion(form(''))));
    expect(outcome).toMatchObject({ kind: 'BadOutput', usage: { inputTokens: 70 } });
  });

  it.each(['<think>Okay, the user', '[THINK]Okay', '<|channel|>analysis<|message|>Okay', 'analysisOkay, the user'])(
    'that never ends is BadOutput: %s',
    async (content) => {
      expect(await summaryOf(answered(completion(content)))).toMatchObject({ kind: 'BadOutput' });
    },
  );

  it('beside an empty answer is BadOutput', async () => {
    const outcome = await summaryOf(answered(completion('', {}, { reasoning_content: THOUGHT })));
    expect(outcome).toMatchObject({ kind: 'BadOutput', message: 'the model thought and did not answer' });
  });

  it('as a part of the content is left out', async () => {
    const parts = [
      { type: 'thinking', thinking: [{ type: 'text', text: THOUGHT }] },
      { type: 'text', text: 'The figures ' },
      { type: 'output_text', text: 'were splendid.' },
    ];
    expect(await summaryOf(answered(completion(parts)))).toMatchObject({ value: SUMMARY });
  });
});

describe('a shape that nobody promised', () => {
  it.each<[string, unknown]>([
    ['one choice for a list', { choices: completion(SUMMARY).choices[0], usage: USAGE }],
    ['a list for the body', [completion(SUMMARY)]],
    ['a list of messages', { choices: [{ message: [{ content: SUMMARY }] }], usage: USAGE }],
    ['one part for a list', completion({ type: 'text', text: SUMMARY })],
    ['parts that are text', completion(['The figures ', 'were splendid.'])],
    ['a message without choices', { message: { content: SUMMARY }, done_reason: 'stop', usage: USAGE }],
    ['a delta for a message', { choices: [{ delta: { content: SUMMARY }, finish_reason: 'stop' }], usage: USAGE }],
    [
      'null for everything else',
      { ...completion(SUMMARY, { logprobs: null }, { refusal: null, tool_calls: null }), error: null },
    ],
  ])('is read: %s', async (_, body) => {
    expect(await summaryOf(answered(body))).toMatchObject({
      value: SUMMARY,
      usage: { inputTokens: 70, outputTokens: 9 },
    });
  });

  it('is read: JSON that a server parsed', async () => {
    expect(await sentimentOf(answered(completion({ label: 'NEGATIVE', score: 0.9 })))).toMatchObject({
      value: { label: 'NEGATIVE' },
    });
  });

  it('is read: prose around a draft and an answer', async () => {
    const content = `I first thought {"label": "POSITIVE", "score": 0.5} but no { really.\n\`\`\`json\n${LABEL}\n\`\`\``;
    expect(await sentimentOf(answered(completion(content)))).toMatchObject({
      value: { label: 'NEGATIVE', score: 0.9 },
    });
  });
});

describe('a body that nobody asked for', () => {
  const json = JSON.stringify(completion(SUMMARY));
  const base64 = (bytes: Buffer) => bytes.toString('base64');
  it.each<[string, Omit<GivenAnswer, 'status'>]>([
    ['with a mark of byte order', { text: `\ufeff${json}` }],
    ['between empty lines', { text: `\n\n ${json}\n` }],
    ['in gzip', { base64: base64(gzipSync(json)), headers: { 'content-encoding': 'gzip' } }],
    ['in gzip that no header tells', { base64: base64(gzipSync(json)) }],
    ['in deflate', { base64: base64(deflateSync(json)), headers: { 'content-encoding': 'deflate' } }],
    ['in brotli', { base64: base64(brotliCompressSync(json)), headers: { 'content-encoding': 'br' } }],
    ['plain, said to be brotli', { text: json, headers: { 'content-encoding': 'br' } }],
    ['as plain text', { text: json, headers: { 'content-type': 'text/plain' } }],
  ])('is read: %s', async (_, answer) => {
    expect(await summaryOf({ status: 200, ...answer })).toMatchObject({ value: SUMMARY });
  });

  it.each<[string, Omit<GivenAnswer, 'status'>]>([
    ['a bomb', { base64: base64(gzipSync(Buffer.alloc(50_000_000, ' '))) }],
    ['half of a packed body', { base64: base64(gzipSync(json).subarray(0, 40)) }],
    [
      'another packing than it says',
      { base64: base64(gzipSync(json).subarray(2)), headers: { 'content-encoding': 'br' } },
    ],
    ['deep nesting', { text: '['.repeat(100_000) }],
    ['deep nesting that closes', { text: `{"choices":${'['.repeat(50_000)}${']'.repeat(50_000)}}` }],
    ['nothing but braces', { text: '{'.repeat(200_000) }],
  ])('is BadOutput, and perhaps paid: %s', async (_, answer) => {
    const startedAtMs = performance.now();
    const outcome = await summaryOf({ status: 200, ...answer });
    expect(outcome).toMatchObject({ kind: 'BadOutput', possiblyPaid: true });
    expect(performance.now() - startedAtMs).toBeLessThan(3_000);
  });
});

describe('an event stream', () => {
  const chunk = (delta: object, finish_reason: string | null = null) =>
    `data: ${JSON.stringify({ choices: [{ delta, finish_reason }] })}\n\n`;
  const stream = (...events: string[]): GivenAnswer => ({
    status: 200,
    text: events.join(''),
    headers: { 'content-type': 'text/event-stream' },
  });
  const usage = `data: ${JSON.stringify({ choices: [], usage: USAGE })}\n\n`;

  it.each<[string, GivenAnswer]>([
    [
      'with a reason and an end',
      stream(
        ': ping\n\n',
        chunk({ role: 'assistant' }),
        chunk({ content: 'The figures ' }),
        chunk({ content: 'were splendid.' }, 'stop'),
        usage,
        'data: [DONE]\n\n',
      ),
    ],
    ['without a reason', stream(chunk({ content: SUMMARY }), usage, 'data: [DONE]\n\n')],
    ['without an end', stream(chunk({ content: SUMMARY }), chunk({}, 'stop'), usage)],
    ['of one whole answer', stream(`data: ${JSON.stringify(completion(SUMMARY))}\n\n`)],
    ['with other line breaks', stream(chunk({ content: SUMMARY }, 'stop').replaceAll('\n', '\r\n'), usage)],
  ])('that holds a whole answer is read: %s', async (_, answer) => {
    expect(await summaryOf(answer)).toMatchObject({ value: SUMMARY, usage: { inputTokens: 70, outputTokens: 9 } });
  });

  it.each<[string, string, GivenAnswer]>([
    ['BadOutput', 'ends too soon', stream(chunk({ content: 'The figures' }))],
    ['BadOutput', 'is cut off by its limit', stream(chunk({ content: 'The figures' }, 'length'), 'data: [DONE]\n\n')],
    [
      'RateLimited',
      'tells of an error',
      stream(chunk({ content: 'The' }), 'data: {"error":{"code":429,"message":"slow down"}}\n\n'),
    ],
  ])('is %s when it %s', async (kind, _, answer) => {
    expect(await summaryOf(answer)).toMatchObject({ kind, possiblyPaid: true });
  });
});

describe('an error inside a 200', () => {
  it.each<[string, unknown]>([
    ['RateLimited', { error: { code: 429, message: 'Provider returned error' } }],
    ['Unavailable', { error: { code: '503', message: 'no' } }],
    ['Unavailable', { error: { code: 529, message: 'Overloaded' } }],
    ['Unavailable', { error: { code: 498, message: 'at capacity' } }],
    ['Unavailable', { error: { type: 'overloaded_error', message: 'no' } }],
    ['QuotaExhausted', { error: { code: 402, message: 'no' } }],
    ['Auth', { error: { code: 401, message: 'no' } }],
    ['Refused', { error: { code: 403, message: 'your input was flagged' } }],
    ['ContextTooLong', { error: { code: 400, message: 'maximum context length is 10 tokens' } }],
    ['BadRequest', { error: { code: 404, message: 'no such model' } }],
    ['BadOutput', { error: { message: 'no' } }],
    ['BadOutput', { error: 'no' }],
    ['RateLimited', [{ error: { status: 'RESOURCE_EXHAUSTED', message: 'no' } }]],
  ])('is %s, and perhaps paid: %j', async (kind, body) => {
    expect(await summaryOf(answered(body))).toMatchObject({ kind, possiblyPaid: true, neverSent: false });
  });

  it('counts its tokens where it tells them', async () => {
    const body = { error: { code: 503, message: 'no' }, usage: { prompt_tokens: '70', completion_tokens: '9' } };
    expect(await summaryOf(answered(body))).toMatchObject({
      possiblyPaid: false,
      usage: { inputTokens: 70, outputTokens: 9 },
    });
  });
});

describe('usage', () => {
  it.each<[string, unknown, object]>([
    ['as text', { prompt_tokens: '70', completion_tokens: '9' }, { inputTokens: 70, outputTokens: 9 }],
    [
      "in Anthropic's names",
      { input_tokens: 7, cache_read_input_tokens: 63, output_tokens: 9 },
      { inputTokens: 70, outputTokens: 9 },
    ],
    ["in Bedrock's names", { inputTokens: 70, outputTokens: 9 }, { inputTokens: 70, outputTokens: 9 }],
    [
      'a total with thoughts in it, as of xAI',
      { prompt_tokens: 10_120, completion_tokens: 1_499, total_tokens: 14_428 },
      { inputTokens: 10_120, outputTokens: 4_308 },
    ],
    [
      'a total with thoughts in it, as of Gemini',
      { promptTokenCount: 20, candidatesTokenCount: 198, thoughtsTokenCount: 405, totalTokenCount: 623 },
      { inputTokens: 20, outputTokens: 603 },
    ],
    [
      'a total of nothing',
      { prompt_tokens: 70, completion_tokens: 9, total_tokens: 0 },
      { inputTokens: 70, outputTokens: 9 },
    ],
  ])('%s is read', async (_, usage, expected) => {
    expect(await summaryOf(answered({ ...completion(SUMMARY), usage }))).toMatchObject({ usage: expected });
  });

  it.each<[string, unknown]>([
    ['zeros', { prompt_tokens: 0, completion_tokens: 0 }],
    ['no output', { prompt_tokens: 70, completion_tokens: 0 }],
    ['less than nothing', { prompt_tokens: -70, completion_tokens: 9 }],
    ['more than any call takes', { prompt_tokens: 2e9, completion_tokens: 9 }],
    ['endless', { prompt_tokens: 1e308 * 10, completion_tokens: 9 }],
    ['words', { prompt_tokens: 'many', completion_tokens: 'few' }],
    ['nothing', null],
    ['a list', [70, 9]],
  ])('of %s is none', async (_, usage) => {
    const summary = await summaryOf(answered({ ...completion(SUMMARY), usage }));
    expect(summary).toEqual({ value: SUMMARY });
    const failure = await summaryOf(
      answered({
        ...completion('', { finish_reason: 'length' }),
        usage: usage && { ...usage, completion_tokens: undefined },
      }),
    );
    expect(failure).toMatchObject({ kind: 'BadOutput', possiblyPaid: true, usage: undefined });
  });

  it.each<[string, string]>([
    ['English', 'The maker recalls the kettle because its handle may come off. '.repeat(1_000)],
    ['Chinese', '制造商召回水壶，因为手柄可能会脱落。'.repeat(2_000)],
  ])('that cannot be that of the text is a prompt that was cut: %s', async (_, text) => {
    const usage = { prompt_tokens: 4_096, completion_tokens: 9 };
    const outcome = await summaryOf(answered({ ...completion(SUMMARY), usage }), text);
    expect(outcome).toMatchObject({ kind: 'ContextTooLong', usage: { inputTokens: 4_096 } });
  });
});

describe('labels', () => {
  it('in other words are those of the configuration', async () => {
    const labels = { bad: 'NEGATIVE' };
    expect(await sentimentOf(answered(completion('{"label":"Bad","score":"0.9"}')), { labels })).toMatchObject({
      value: { label: 'NEGATIVE', score: 0.9 },
    });
  });

  it('of several words for one of ours are one', async () => {
    const labels = { '5 stars': 'POSITIVE', '4 stars': 'POSITIVE', '3 stars': 'NEUTRAL', '1 star': 'NEGATIVE' };
    const scores = { '5 stars': 0.3, '4 stars': 0.3, '3 stars': 0, '1 star': 0.4 };
    fake.script('h', [answered([Object.entries(scores).map(([label, score]) => ({ label, score }))])]);
    expect(await outcomeOf(vendor('huggingface', fake, { labels }), 'sentiment')).toEqual({
      value: { label: 'POSITIVE', score: expect.closeTo(0.6) },
    });
  });

  it('come alone from some servers', async () => {
    fake.script('h', [answered({ label: 'neg', score: 0.7 })]);
    expect(await outcomeOf(vendor('huggingface', fake), 'sentiment')).toEqual({
      value: { label: 'NEGATIVE', score: 0.7 },
    });
  });
});

describe('a text of a few words', () => {
  it('is its own summary for a summarizer, which would invent the rest, and costs nothing', async () => {
    const before = fake.log.length;
    expect(await outcomeOf(vendor('huggingface', fake), 'summarize', 'Works well.  Thanks!')).toEqual({
      value: 'Works well. Thanks!',
    });
    expect(fake.log).toHaveLength(before);
  });

  it('has lengths that fit it where there is something to leave out', async () => {
    await outcomeOf(vendor('huggingface', fake), 'summarize', 'I am happy with it: it works well.');
    expect(fake.log.at(-1)?.settings).toMatchObject({ parameters: { max_length: 17, min_length: 2 } });
    await outcomeOf(vendor('huggingface', fake), 'summarize', 'It works. '.repeat(300));
    expect(fake.log.at(-1)?.settings).toMatchObject({ parameters: { max_length: 120, min_length: 30 } });
  });
});

it('half a character is U+FFFD before it is sent', async () => {
  await outcomeOf(compatible(), 'summarize', 'It was \ud83d great, \udc00 really 😀.');
  expect(fake.log.at(-1)?.text).toBe('It was \ufffd great, \ufffd really 😀.');
});

describe('a key that a vendor gives back', () => {
  const KEY = 'sk-AbCdEfGhIjKl0123456789';
  it.each<[string, string]>([
    ['as it is', KEY],
    ['in base64', Buffer.from(KEY).toString('base64')],
    ['in hexadecimal', Buffer.from(KEY).toString('hex')],
    ['reversed', Array.from(KEY).reverse().join('')],
    ['spaced', Array.from(KEY).join(' ')],
    ['in percent', KEY.replace(/./g, (c) => `%${c.charCodeAt(0).toString(16)}`)],
  ])('is not in the summary: %s', async (_, spelled) => {
    fake.script('c', [answered(completion(`The figures were good ${spelled} indeed.`))]);
    const outcome = await outcomeOf(compatible({ apiKey: KEY, maxSummaryWords: 100 }), 'summarize');
    expect(outcome).toMatchObject({
      value: expect.stringMatching(/^The figures were good .{0,3}\[key\].{0,4} indeed\.$/),
    });
  });
});

it('escapes and marks of direction never leave an adapter', async () => {
  expect(await summaryOf(answered(completion('All \u001b[31mis\u202e well\u009b.')))).toMatchObject({
    value: 'All [31mis well .',
  });
  const outcome = await sentimentOf(answered(completion('{"label":"MI\\u001b[2JX\\u202eED","score":1}')));
  expect(outcome).toMatchObject({ kind: 'BadOutput', message: 'unknown label "MI [2JXED"' });
});
