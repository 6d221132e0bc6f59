import { describe, expect, it } from '@jest/globals';
import type { FailureKind } from '../../../src/domain/failure.js';
import type { Objection } from '../../../src/providers/provider.js';
import { errorInside, statusFailure } from '../../../src/providers/wire/answer-failure.js';

interface Told {
  kind: FailureKind;
  objection?: Objection;
  possiblyPaid?: boolean;
  /** Milliseconds. */
  retryAfterMs?: number;
  message?: RegExp;
}

const untold = { secrets: [], text: 'The kettle came late.' };
const connection = { baseUrl: 'http://vendor.example', timeoutMs: 1_000, apiKey: 'key', apiKeyEnv: 'VENDOR_KEY' };
const openRouter = (raw: unknown) => ({
  error: { message: 'Provider returned error', code: 400, metadata: { raw, provider_name: 'Nvidia' } },
  user_id: 'user_x',
});
const openAi = (message: string, code: string | null = null, param: string | null = null) => ({
  error: { message, type: 'invalid_request_error', param, code },
});
const gemini = (message: string) => [{ error: { code: 400, message, status: 'INVALID_ARGUMENT' } }];

/** As vendors were seen to answer: what each says, and what it is to a run. */
const ANSWERS: [vendor: string, status: number, body: unknown, told: Told][] = [
  [
    'DeepSeek has no JSON Schema',
    400,
    openAi('This response_format type is unavailable now', 'invalid_request_error'),
    { kind: 'BadRequest', objection: 'format' },
  ],
  [
    'DeepSeek says so as its parser does',
    422,
    'Failed to deserialize the JSON body into the target type: response_format: response_format.type `json_schema` is unavailable now at line 1 column 12440',
    { kind: 'BadRequest', objection: 'format' },
  ],
  [
    'Gemini finds a schema too much',
    400,
    gemini('The specified schema produces a constraint that has too many states for serving.'),
    { kind: 'BadRequest', objection: 'format' },
  ],
  [
    'Gemini knows less of schemas',
    400,
    gemini(
      `Invalid JSON payload received. Unknown name "additionalProperties" at 'generation_config.response_schema': Cannot find field.`,
    ),
    { kind: 'BadRequest', objection: 'format' },
  ],
  [
    'Gemini always thinks',
    400,
    gemini('Budget 0 is invalid. This model only works in thinking mode.'),
    { kind: 'BadRequest', objection: 'effort' },
  ],
  [
    'a property is called balance',
    400,
    openAi(
      "Invalid schema for response_format 'invoice': In context=('properties', 'balance'), 'oneOf' is not permitted.",
      null,
      'response_format',
    ),
    { kind: 'BadRequest', objection: 'format' },
  ],
  ['a budget is used up', 400, openAi('Budget has been exceeded! Max budget: 1'), { kind: 'QuotaExhausted' }],
  [
    'a text too long for who is behind OpenRouter',
    400,
    openRouter(
      JSON.stringify({
        error: {
          message:
            "This model's maximum context length is 262144 tokens. However, your messages resulted in 262897 tokens. Please reduce the length of the messages.",
          type: 'Bad Request',
          code: 400,
        },
      }),
    ),
    { kind: 'ContextTooLong', message: /maximum context length/ },
  ],
  [
    'a filter behind OpenRouter',
    400,
    openRouter({ error: { message: 'The response was filtered', code: 'content_filter' } }),
    { kind: 'Refused', possiblyPaid: true },
  ],
  ['words behind OpenRouter', 400, openRouter('roles must alternate'), { kind: 'BadRequest', objection: 'roles' }],
  [
    'somebody else has no money behind OpenRouter',
    429,
    {
      error: {
        message: 'Provider returned error',
        code: 429,
        metadata: { raw: '{"error":{"message":"insufficient balance","code":"insufficient_quota"}}' },
      },
    },
    { kind: 'RateLimited', message: /^429 Provider returned error$/ },
  ],
  [
    'MiniMax filters',
    422,
    openAi('input new_sensitive (1026)', 'invalid_request_error'),
    { kind: 'Refused', possiblyPaid: true },
  ],
  [
    "Cloudflare's guardrails",
    424,
    { success: false, result: [], error: [{ code: 2016, message: 'Prompt blocked due to security configurations' }] },
    { kind: 'Refused', possiblyPaid: true },
  ],
  ['Bedrock has a bad day', 424, { message: 'the model failed' }, { kind: 'Unavailable' }],
  [
    "Cloudflare's gateway reaches nobody",
    400,
    { success: false, result: [], error: [{ code: 2005, message: 'Failed to get response from provider' }] },
    { kind: 'Unavailable' },
  ],
  [
    'a plan of Zhipu, by five hours',
    429,
    {
      error: { code: '1308', message: 'Usage limit reached for 5 hour. Your limit will reset at 2026-09-09 05:38:28' },
    },
    { kind: 'RateLimited' },
  ],
  [
    'a session of Ollama',
    429,
    { error: 'you (x) have reached your session usage limit, please wait or upgrade to continue' },
    { kind: 'RateLimited' },
  ],
  [
    "OpenRouter's free models of a day",
    429,
    {
      error: {
        message: 'Rate limit exceeded: free-models-per-day. Add 10 credits to unlock 1000 free model requests per day',
        code: 429,
        metadata: { headers: { 'X-RateLimit-Limit': '50', 'X-RateLimit-Reset': '1746057600000' } },
      },
    },
    { kind: 'RateLimited', retryAfterMs: 0 },
  ],
  [
    'Groq names hours and minutes',
    429,
    openAi('Rate limit reached. Please try again in 1h7m28.8s.'),
    { kind: 'RateLimited', retryAfterMs: 4_048_800 },
  ],
  [
    'Azure bills what it filters',
    400,
    {
      error: {
        code: 'content_filter',
        message: 'The response was filtered',
        param: 'prompt',
        innererror: { code: 'ResponsibleAIPolicyViolation' },
      },
    },
    { kind: 'Refused', possiblyPaid: true },
  ],
  [
    'a gateway waits no longer',
    504,
    { message: 'Endpoint request timed out' },
    { kind: 'Unavailable', possiblyPaid: true },
  ],
  [
    'a project without the model',
    403,
    openAi('Project `proj_x` does not have access to model `gpt-4o-mini`', 'model_not_found'),
    { kind: 'BadRequest', message: /does not have access to model/ },
  ],
  [
    'a key without the model',
    401,
    openAi('API Key not allowed to access model. This token can only access models=[x]', 'key_model_access_denied'),
    { kind: 'BadRequest' },
  ],
  ['a server that is no vendor', 404, '404 page not found', { kind: 'BadRequest', message: /check baseUrl/ }],
  [
    'Fireworks suspends an account',
    412,
    openAi(
      'Account x is suspended, possibly due to reaching the monthly spending limit or failure to pay past invoices',
    ),
    { kind: 'QuotaExhausted' },
  ],
  ['a firewall of Cloudflare', 403, 'error code: 1020', { kind: 'BadRequest', message: /^403 error code: 1020$/ }],
  [
    'vLLM counts what it may write',
    400,
    openAi(
      "You passed 3073 input tokens and requested 128000 output tokens. However, the model's context length is only 131072 tokens, resulting in a maximum input length of 3072 tokens.",
    ),
    { kind: 'BadRequest', objection: 'room' },
  ],
  [
    'OpenRouter counts what it may write',
    400,
    openAi(
      "This endpoint's maximum context length is 262000 tokens. However, you requested about 263390 tokens (658 of text input, 732 of tool input, 262000 in the output).",
    ),
    { kind: 'BadRequest', objection: 'room' },
  ],
  [
    'Zhipu has no more room',
    400,
    { error: { code: '1261', message: 'Prompt exceeds max length' } },
    { kind: 'ContextTooLong' },
  ],
  [
    'DeepSeek wants the user last',
    400,
    openAi('The last message of deepseek-reasoner must be a user message, or an assistant message with prefix mode on'),
    { kind: 'BadRequest', objection: 'roles' },
  ],
  [
    'Perplexity wants the user last',
    400,
    openAi('Last message must have role `user`.'),
    { kind: 'BadRequest', objection: 'roles' },
  ],
];

/** Beside their words: a rest that is over is 0, and none is undefined. */
const shown = ({ kind, objection, possiblyPaid, retryAfterMs, message }: ReturnType<typeof statusFailure>) => ({
  kind,
  objection,
  possiblyPaid,
  retryAfterMs,
  message,
});
const expected = ({ kind, objection, possiblyPaid = false, retryAfterMs, message }: Told) => ({
  kind,
  objection,
  possiblyPaid,
  retryAfterMs,
  message: message ? expect.stringMatching(message) : expect.any(String),
});

describe('an answer that is a failure', () => {
  it.each(ANSWERS)('%s', (_, status, body, told) => {
    const response = { status, headers: new Headers(), body: typeof body === 'string' ? body : JSON.stringify(body) };
    expect(shown(statusFailure(response, untold, connection))).toEqual(expected(told));
  });

  it.each<[vendor: string, body: unknown, told: Told]>([
    ['filters the text', { base_resp: { status_code: 1026, status_msg: 'input new_sensitive' } }, { kind: 'Refused' }],
    [
      'filters the answer',
      { base_resp: { status_code: 1027, status_msg: 'output new_sensitive' } },
      { kind: 'Refused' },
    ],
    ['takes no such key', { base_resp: { status_code: 1004, status_msg: 'login fail' } }, { kind: 'Auth' }],
    ['is asked too often', { base_resp: { status_code: 1002, status_msg: '' } }, { kind: 'RateLimited' }],
    [
      'has a plan by five hours',
      { base_resp: { status_code: 2056, status_msg: 'usage limit exceeded, 5-hour' } },
      { kind: 'RateLimited' },
    ],
    ['has no money', { base_resp: { status_code: 1008, status_msg: '' } }, { kind: 'QuotaExhausted' }],
    ['is out of order', { base_resp: { status_code: 1033, status_msg: 'system error' } }, { kind: 'Unavailable' }],
  ])('MiniMax %s, with status 200', (_, body, told) => {
    const failure = errorInside({ ...(body as object), choices: null }, { status: 200, headers: new Headers() }, untold, connection); // prettier-ignore
    expect(shown(failure)).toEqual(expected({ ...told, possiblyPaid: true }));
  });
});
