import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createProvider } from '../../src/providers/create-provider.js';
import { outputTokenLimits } from '../../src/providers/chat/output-token-limit.js';
import { startFakeProviders, type FakeProviders } from '../support/fake-providers.js';
import { outcomeOf, TEXT, VENDOR_NAMES, vendor } from './vendors.js';

let fake: FakeProviders;
beforeAll(async () => {
  fake = await startFakeProviders();
});
afterAll(() => fake.close());

/** A chat completion with this content. */
const says = (content: unknown, more: object = {}) => ({
  status: 200,
  body: {
    choices: [{ finish_reason: 'stop', message: { content }, ...more }],
    usage: { prompt_tokens: 7, completion_tokens: 3 },
  },
});

it.each(VENDOR_NAMES)('%s answers both tasks', async (name) => {
  const provider = vendor(name, fake);
  const usage = name === 'huggingface' ? {} : { usage: { inputTokens: 75, outputTokens: 20 } };
  const said = name === 'huggingface' ? {} : { model: 'm' }; // a pipeline does not say who answered
  const summary = await outcomeOf(provider, 'summarize');
  expect(summary).toEqual({ value: 'In short: The quarterly figures of Mustermann & Söhne were.', ...usage, ...said });
  expect(await outcomeOf(provider, 'sentiment')).toEqual({
    value: { label: 'POSITIVE', score: expect.closeTo(0.99) },
    ...usage,
    ...said,
  });
});

it("takes the score from the tokens' probabilities, not from the model's own number", async () => {
  const { value } = await vendor('openai', fake).answer('sentiment', TEXT, new AbortController().signal);
  expect(value).toMatchObject({ score: expect.closeTo(0.99) }); // the fake writes 0.8
  expect(fake.log.at(-1)?.settings).toMatchObject({ logprobs: true, response_format: { type: 'json_schema' } });
});

it('tells OpenAI not to store, and other servers nothing they may not know', async () => {
  await outcomeOf(vendor('openai', fake), 'summarize');
  const limit = outputTokenLimits({ maxSummaryWords: 60 }).summarize;
  expect(fake.log.at(-1)?.settings).toEqual({ model: 'm', stream: false, store: false, max_completion_tokens: limit });
  await outcomeOf(vendor('openai-compatible', fake), 'summarize');
  expect(fake.log.at(-1)?.settings).toEqual({ model: 'm', stream: false, max_tokens: limit });
});

it("speaks Hugging Face's wire format", async () => {
  const provider = vendor('huggingface', fake);
  await outcomeOf(provider, 'summarize');
  expect(fake.log.at(-1)).toMatchObject({
    model: 'facebook/bart-large-cnn',
    settings: { parameters: { max_length: 50, min_length: 6, truncation: 'do_not_truncate' } },
  });
  await outcomeOf(provider, 'sentiment');
  expect(fake.log.at(-1)).toMatchObject({ model: 'distilbert/sst-2-english', settings: {} });
});

it.each([
  [
    'flat',
    [
      { label: 'negative', score: 0.7 },
      { label: 'positive', score: 0.3 },
    ],
  ],
  [
    'nested and unsorted',
    [
      [
        { label: 'positive', score: 0.3 },
        { label: 'negative', score: 0.7 },
      ],
    ],
  ],
])('reads labels that come %s', async (_, body) => {
  fake.script('h', [{ status: 200, body }]);
  const outcome = await outcomeOf(vendor('huggingface', fake), 'sentiment');
  expect(outcome).toEqual({ value: { label: 'NEGATIVE', score: 0.7 } });
});

it('reads a summary that comes without a list', async () => {
  fake.script('h', [{ status: 200, body: { summary_text: ' All  is well. ' } }]);
  expect(await outcomeOf(vendor('huggingface', fake), 'summarize')).toEqual({ value: 'All is well.' });
});

it.each([
  ['in a code fence', '```json\n{"label": "neutral", "score": 0.5}\n```'],
  ['after its thoughts', '<think>{"label": "POSITIVE"}?</think>{"label":"NEUTRAL","score":0.5}'],
])('reads a label %s', async (_, content) => {
  fake.script('c', [says(content)]);
  const outcome = await outcomeOf(vendor('openai-compatible', fake), 'sentiment');
  expect(outcome).toMatchObject({ value: { label: 'NEUTRAL', score: 0.5 } });
});

it.each([
  ['no JSON', 'POSITIVE', 'the answer is not a label and a score'],
  ['another label', '{"label":"MIXED","score":1}', 'unknown label "MIXED"'],
  ['the text as a label', `{"label":"${TEXT}","score":1}`, 'unknown label "[text]"'],
  ['a score in percent', '{"label":"POSITIVE","score":99}', 'the score of POSITIVE is not between 0 and 1'],
  ['no score', '{"label":"POSITIVE"}', 'the score of POSITIVE is not between 0 and 1'],
  ['content that is no string', [1], 'the answer is empty'],
])('an answer with %s is BadOutput, and billed', async (_, content, message) => {
  fake.script('c', [says(content)]);
  const outcome = await outcomeOf(vendor('openai-compatible', fake), 'sentiment');
  expect(outcome).toMatchObject({ kind: 'BadOutput', message, usage: { inputTokens: 7, outputTokens: 3 } });
});

it.each(VENDOR_NAMES)('%s bounds a summary', async (name) => {
  const provider = vendor(name, fake, { maxSummaryWords: 5 });
  const long = 'One two three. Four five six seven.';
  const bodies = { huggingface: [{ summary_text: long }], anthropic: { content: [{ type: 'text', text: long }] } };
  const body = Object.entries(bodies).find(([key]) => key === name)?.[1];
  fake.script(provider.name, [body ? { status: 200, body } : says(long)]);
  expect(await outcomeOf(provider, 'summarize')).toMatchObject({ value: 'One two three.' });
});

it('makes a provider of each kind', () => {
  const common = { name: 'x', apiKey: undefined, baseUrl: fake.url, timeoutMs: 1, maxSummaryWords: 9 };
  const chat = { ...common, model: 'm', logprobs: false };
  const models = { summarize: 'a', sentiment: { chat: 'b' } };
  expect(createProvider({ ...chat, kind: 'openai' }).models).toEqual({ summarize: 'm', sentiment: 'm' });
  expect(createProvider({ ...chat, kind: 'openai-compatible' }).name).toBe('x');
  expect(createProvider({ ...common, kind: 'huggingface', models }).models).toEqual({ summarize: 'a', sentiment: 'b' });
  expect(createProvider({ kind: 'local', name: 'x', maxSummaryWords: 9 }).name).toBe('x');
});
