import { expect, it } from '@jest/globals';
import type { FailureKind } from '../../../src/domain/failure.js';
import { kindOfFailure } from '../../../src/providers/wire/status.js';
import { vendorErrorIn } from '../../../src/providers/wire/vendor-error.js';

type Row = [kind: FailureKind, status: number | undefined, code: string, message: string];

const STATUSES: Row[] = [
  ['BadRequest', 301, '', ''],
  ['BadRequest', 400, '', ''],
  ['Auth', 401, '', ''],
  ['Auth', 401, 'insufficient_quota', ''],
  ['QuotaExhausted', 402, '', ''],
  ['Auth', 403, '', ''],
  ['BadRequest', 404, '', ''],
  ['BadRequest', 405, '', ''],
  ['Unavailable', 408, '', ''],
  ['Unavailable', 409, '', ''],
  ['BadRequest', 410, '', ''],
  ['ContextTooLong', 413, '', ''],
  ['BadRequest', 422, '', ''],
  ['Unavailable', 425, '', ''],
  ['RateLimited', 429, '', ''],
  ['Unavailable', 498, '', ''],
  ['Unavailable', 499, '', ''],
  ['Unavailable', 500, '', ''],
  ['BadRequest', 501, '', ''],
  ['Unavailable', 503, '', ''],
  ['Unavailable', 520, '', ''],
  ['Unavailable', 529, '', ''],
];

const VENDORS: Record<string, Row[]> = {
  Alibaba: [
    ['Refused', 400, 'data_inspection_failed', 'Input data may contain inappropriate content.'],
    ['Refused', 400, 'DataInspectionFailed', ''],
    ['QuotaExhausted', 400, 'Arrearage', 'Access denied, please make sure your account is in good standing.'],
    ['ContextTooLong', 400, 'InvalidParameter', 'Range of input length should be [1, 30720]'],
    ['RateLimited', 429, 'Throttling.RateQuota', 'Requests rate limit exceeded, please try again later.'],
    ['QuotaExhausted', 429, 'Throttling.AllocationQuota', 'Free allocated quota exceeded.'],
  ],
  Anthropic: [
    ['BadRequest', 400, 'invalid_request_error', 'messages: at least one message is required'],
    ['ContextTooLong', 400, 'invalid_request_error', 'prompt is too long: 210042 tokens > 200000 maximum'],
    ['ContextTooLong', 400, '', 'input length and `max_tokens` exceed context limit: 199000 + 2000 > 200000'],
    ['BadRequest', 400, '', 'input length and `max_tokens` exceed context limit: 900 + 320000 > 200000'],
    ['QuotaExhausted', 400, 'invalid_request_error', 'Your credit balance is too low to access the API.'],
    ['QuotaExhausted', 400, '', 'You have reached your specified API usage limits. You will regain access in May.'],
    ['Refused', 400, 'invalid_request_error', 'Output blocked by content filtering policy'],
    ['Auth', 401, 'authentication_error', 'invalid x-api-key'],
    ['QuotaExhausted', 402, 'billing_error', ''],
    ['Auth', 403, 'permission_error', 'Your API key does not have permission to use the specified resource.'],
    ['BadRequest', 404, 'not_found_error', 'model: claude-x'],
    ['ContextTooLong', 413, 'request_too_large', 'Request exceeds the maximum size'],
    ['RateLimited', 429, 'rate_limit_error', 'This request would exceed your rate limit of 50 requests per minute.'],
    ['Unavailable', 500, 'api_error', 'Internal server error'],
    ['Unavailable', 504, 'timeout_error', ''],
    ['Unavailable', 529, 'overloaded_error', 'Overloaded'],
    ['Unavailable', undefined, 'overloaded_error', 'Overloaded'],
  ],
  Azure: [
    ['Refused', 400, 'content_filter', 'The response was filtered due to the prompt triggering the policy'],
    ['Refused', 400, 'BadRequest ResponsibleAIPolicyViolation', ''],
    [
      'Refused',
      400,
      '',
      "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.",
    ],
    ['Auth', 401, '401', 'Access denied due to invalid subscription key or wrong API endpoint.'],
    ['QuotaExhausted', 403, '403', 'Out of call volume quota. Quota will be replenished in 2.12:00:00.'],
    ['BadRequest', 404, 'DeploymentNotFound', 'The API deployment for this resource does not exist.'],
    [
      'RateLimited',
      429,
      '429',
      'Requests have exceeded token rate limit of your current pricing tier. Please retry after 26 seconds.',
    ],
  ],
  Bedrock: [
    ['ContextTooLong', 400, 'ValidationException', 'Input is too long for requested model.'],
    ['Refused', 400, 'ValidationException', 'Output blocked by content filtering policy'],
    [
      'QuotaExhausted',
      400,
      'ServiceQuotaExceededException',
      'Your request exceeds the service quota for your account.',
    ],
    ['Auth', 403, 'AccessDeniedException', "You don't have access to the model with the specified model ID."],
    ['Unavailable', 408, 'ModelTimeoutException', ''],
    ['Unavailable', 424, 'ModelErrorException', ''],
    ['RateLimited', 429, 'ThrottlingException', 'Too many tokens, please wait before trying again.'],
    ['Unavailable', 429, 'ModelNotReadyException', 'The model is not ready to serve inference requests.'],
    ['Unavailable', 503, 'ServiceUnavailableException', ''],
    ['RateLimited', undefined, 'ThrottlingException', 'Too many requests'],
  ],
  Cohere: [
    ['ContextTooLong', 400, '', 'too many tokens: total number of tokens in the prompt cannot exceed 4081'],
    ['Auth', 401, '', 'invalid api token'],
    ['QuotaExhausted', 402, '', 'Please add or update your payment method to continue'],
    ['BadRequest', 404, '', "model 'x' not found, make sure the correct model ID was used"],
    ['RateLimited', 429, '', 'You are using a Trial key, which is limited to 40 API calls / minute.'],
    ['QuotaExhausted', 429, '', 'You are using a Trial key, which is limited to 1000 API calls / month.'],
    ['Refused', 498, '', 'The request was blocked by content moderation'],
    ['Unavailable', 499, '', 'request cancelled'],
  ],
  DeepSeek: [
    ['Refused', 400, 'invalid_request_error', 'Content Exists Risk'],
    ['Auth', 401, 'authentication_error', 'Authentication Fails'],
    ['QuotaExhausted', 402, 'invalid_request_error', 'Insufficient Balance'],
    ['QuotaExhausted', 400, 'invalid_request_error', 'Insufficient Balance'],
    ['BadRequest', 422, '', 'Invalid Parameters'],
    ['RateLimited', 429, '', 'Rate Limit Reached'],
    ['Unavailable', 503, '', 'Server Overloaded'],
  ],
  Gemini: [
    ['Auth', 400, 'INVALID_ARGUMENT API_KEY_INVALID', 'API key not valid. Please pass a valid API key.'],
    ['BadRequest', 400, 'FAILED_PRECONDITION', 'User location is not supported for the API use.'],
    [
      'ContextTooLong',
      400,
      'INVALID_ARGUMENT',
      'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).',
    ],
    ['Refused', 400, 'INVALID_ARGUMENT', 'The prompt was blocked for safety reasons: prohibited content'],
    ['Auth', 403, 'PERMISSION_DENIED', 'Your API key was reported as leaked.'],
    ['QuotaExhausted', 403, 'PERMISSION_DENIED', 'This API method requires billing to be enabled.'],
    ['BadRequest', 404, 'NOT_FOUND', 'models/gemini-x is not found'],
    [
      'QuotaExhausted',
      429,
      'RESOURCE_EXHAUSTED',
      'You exceeded your current quota, please check your plan and billing details.',
    ],
    ['RateLimited', 429, 'RESOURCE_EXHAUSTED', 'Resource exhausted. Please try again later.'],
    ['Unavailable', 503, 'UNAVAILABLE', 'The model is overloaded. Please try again later.'],
    ['Unavailable', 504, 'DEADLINE_EXCEEDED', ''],
  ],
  Groq: [
    [
      'BadOutput',
      400,
      'json_validate_failed',
      "Failed to generate JSON. Please adjust your prompt. See 'failed_generation'.",
    ],
    ['ContextTooLong', 400, 'context_length_exceeded', 'Please reduce the length of the messages or completion.'],
    ['BadRequest', 400, '', '`max_tokens` must be less than or equal to `8192`, the maximum value for this model'],
    ['BadRequest', 400, 'invalid_request_error', 'This model does not support response format `json_schema`.'],
    ['QuotaExhausted', 400, 'blocked_api_access', 'Your organization has exceeded its spend limit'],
    ['ContextTooLong', 413, 'rate_limit_exceeded tokens', 'Request too large for model on tokens per minute (TPM)'],
    [
      'RateLimited',
      429,
      'rate_limit_exceeded',
      'Rate limit reached on requests per day (RPD). Please try again in 8m38s.',
    ],
    ['Unavailable', 498, 'capacity_exceeded', 'The flex tier is at capacity'],
  ],
  'Hugging Face': [
    ['ContextTooLong', 400, '', 'index out of range in self'],
    ['ContextTooLong', 400, '', 'The size of tensor a (513) must match the size of tensor b (512) at dimension 1'],
    ['ContextTooLong', 422, '', 'Input validation error: `inputs` must have less than 1024 tokens. Given: 2000'],
    [
      'ContextTooLong',
      422,
      '',
      '`inputs` tokens + `max_new_tokens` must be <= 4096. Given: 3990 `inputs` tokens and 460',
    ],
    ['BadRequest', 422, '', '`inputs` tokens + `max_new_tokens` must be <= 4096. Given: 110 `inputs` tokens and 4560'],
    ['Auth', 401, '', 'Invalid username or password.'],
    ['QuotaExhausted', 402, '', 'You have exceeded your monthly included credits for Inference Providers.'],
    ['Auth', 403, '', 'This authentication method does not have sufficient permissions'],
    ['BadRequest', 410, '', 'The requested model is deprecated and no longer supported by provider hf-inference.'],
    ['Unavailable', 424, 'generation', 'Request failed during generation'],
    ['ContextTooLong', 500, '', 'index out of range in self'],
    ['Unavailable', 503, '', 'Model facebook/bart-large-cnn is currently loading'],
    ['Unavailable', undefined, '', 'Model facebook/bart-large-cnn is currently loading'],
  ],
  LiteLLM: [
    ['QuotaExhausted', 400, 'budget_exceeded', 'Budget has been exceeded! Current cost: 1.2, Max budget: 1.0'],
    ['ContextTooLong', 400, 'ContextWindowExceededError', ''],
  ],
  'llama.cpp': [
    ['ContextTooLong', 400, 'exceed_context_size_error 400', 'the request exceeds the available context size'],
    ['Auth', 401, 'authentication_error 401', 'Invalid API Key'],
    ['BadRequest', 501, 'not_supported_error 501', ''],
    ['Unavailable', 503, 'unavailable_error 503', 'Loading model'],
  ],
  MiniMax: [
    ['QuotaExhausted', undefined, '1008', 'insufficient balance'],
    ['RateLimited', undefined, '1002', 'rate limit exceeded'],
  ],
  Mistral: [
    [
      'ContextTooLong',
      400,
      'invalid_request_error 3051',
      'Prompt contains 40004 tokens, too large for model with 32768 maximum context length',
    ],
    ['Auth', 401, '', 'Unauthorized'],
    ['Refused', 403, 'guardrail_violation', 'Content blocked'],
    ['BadRequest', 422, 'extra_forbidden', 'Extra inputs are not permitted'],
    ['RateLimited', 429, 'service_tier_capacity_exceeded 3505', 'Service tier capacity exceeded for this model.'],
    ['RateLimited', 429, '', 'Requests rate limit exceeded'],
  ],
  Moonshot: [
    ['Refused', 400, 'content_filter', 'The request was rejected because it was considered high risk'],
    ['ContextTooLong', 400, 'invalid_request_error', 'Your request exceeded model token limit: 8192'],
    ['Auth', 401, 'invalid_authentication_error', ''],
    [
      'QuotaExhausted',
      429,
      'exceeded_current_quota_error',
      'Your account is suspended due to insufficient balance, please recharge',
    ],
    ['RateLimited', 429, 'engine_overloaded_error', 'The engine is currently overloaded, please try again later'],
    [
      'RateLimited',
      429,
      'rate_limit_reached_error',
      'request reached organization max RPM: 3, please try again after 1 seconds',
    ],
  ],
  Ollama: [
    ['BadRequest', 404, 'api_error', "model 'x' not found, try pulling it first"],
    ['Unavailable', 500, '', 'model requires more system memory (8.4 GiB) than is available (4.1 GiB)'],
    ['ContextTooLong', 400, '', 'the input length exceeds the context length'],
    ['Unavailable', 503, '', 'server busy, please try again. maximum pending requests exceeded'],
  ],
  OpenAI: [
    ['ContextTooLong', 400, 'context_length_exceeded', ''],
    ['ContextTooLong', 400, 'string_above_max_length', ''],
    [
      'BadRequest',
      400,
      'invalid_value',
      'max_tokens is too large: 32460. This model supports at most 16384 completion tokens',
    ],
    ['Refused', 400, 'content_policy_violation', 'Your request was rejected by our safety system'],
    [
      'Refused',
      400,
      'invalid_prompt',
      'Invalid prompt: your prompt was flagged as potentially violating our usage policy.',
    ],
    ['QuotaExhausted', 400, 'billing_hard_limit_reached', 'Billing hard limit has been reached'],
    ['Auth', 401, 'invalid_api_key', 'Incorrect API key provided'],
    ['Auth', 403, 'unsupported_country_region_territory', 'Country, region, or territory not supported'],
    ['BadRequest', 404, 'model_not_found', 'The model does not exist or you do not have access to it.'],
    ['RateLimited', 429, 'rate_limit_exceeded tokens', 'Rate limit reached for gpt-x'],
    ['ContextTooLong', 429, 'rate_limit_exceeded tokens', 'Request too large for gpt-x: Limit 30000, Requested 90000'],
    ['QuotaExhausted', 429, 'insufficient_quota insufficient_quota', ''],
    ['Unavailable', 500, 'server_error', ''],
    ['Unavailable', 503, 'slow_down', ''],
  ],
  OpenRouter: [
    ['QuotaExhausted', 402, '402', 'Insufficient credits. Add more using https://openrouter.ai/credits'],
    ['Refused', 403, '403', 'Your chosen model requires moderation and your input was flagged'],
    ['Unavailable', 408, '408', 'Request timed out'],
    ['Unavailable', 502, '502', 'Provider returned error'],
    ['Unavailable', 503, '503', 'No available model provider meets your routing requirements'],
    ['RateLimited', undefined, 'rate_limit_exceeded', 'Provider returned error'],
  ],
  Together: [
    ['ContextTooLong', 403, '', "The total token count of input and output exceeds the model's context length"],
    [
      'ContextTooLong',
      422,
      '',
      '`inputs` tokens + `max_new_tokens` must be <= 4097. Given: 4000 `inputs` tokens and 512',
    ],
    ['QuotaExhausted', 402, 'credit_limit', 'Credit limit exceeded'],
    ['RateLimited', 429, 'rate_limit', 'Too many requests'],
    ['Unavailable', 503, 'overloaded', 'Engine overloaded'],
  ],
  vLLM: [
    [
      'ContextTooLong',
      400,
      'BadRequestError 400',
      "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens (4540 in the messages, 460 in the completion).",
    ],
    [
      'BadRequest',
      400,
      'BadRequestError 400',
      "This model's maximum context length is 4096 tokens. However, you requested 4670 tokens (110 in the messages, 4560 in the completion).",
    ],
    [
      'BadRequest',
      400,
      '',
      "'max_tokens' or 'max_completion_tokens' is too large: 4560. This model's maximum context length is 4096 tokens and your request has 110 input tokens (4560 > 4096 - 110).",
    ],
    ['BadRequest', 400, '', 'max_tokens=4560 cannot be greater than max_model_len=2048.'],
    ['BadRequest', 404, 'NotFoundError 404', 'The model `x` does not exist.'],
  ],
  Volcengine: [
    ['Refused', 400, 'SensitiveContentDetected', ''],
    ['Refused', 400, 'InputTextRiskDetection', ''],
    ['QuotaExhausted', 403, 'AccountOverdueError', 'The request failed because your account has an overdue balance.'],
  ],
  xAI: [
    [
      'Refused',
      403,
      'The caller does not have permission',
      'Content violates usage guidelines. Team: x. Failed check: SAFETY_CHECK_TYPE_BIO',
    ],
    [
      'Auth',
      400,
      'Client specified an invalid argument',
      'Incorrect API key provided: sk****. You can obtain an API key from the console.',
    ],
    ['ContextTooLong', 400, '', "This model's maximum prompt length is 131072 but the request contains 537812 tokens."],
    [
      'QuotaExhausted',
      429,
      'Some resource has been exhausted',
      'Your team has either used all available credits or reached its monthly spending limit.',
    ],
    ['QuotaExhausted', 403, '', 'Your newly created team does not have any credits yet.'],
  ],
  Zhipu: [
    ['Refused', 400, '1301', '系统检测到输入或生成内容可能包含不安全或敏感内容'],
    ['QuotaExhausted', 429, '1113', '您的账户余额不足，请充值'],
    ['RateLimited', 429, '1302', '您的账户已达到速率限制'],
  ],
};

it.each(STATUSES)('%s: status %p', (kind, status, code, message) => {
  expect(kindOfFailure({ status, code, message })).toBe(kind);
});

it.each(Object.entries(VENDORS).flatMap(([vendor, rows]) => rows.map((row) => [vendor, ...row] as const)))(
  '%s, %s: %p %s %s',
  (_, kind, status, code, message) => {
    expect(kindOfFailure({ status, code, message })).toBe(kind);
  },
);

it.each<Row>([
  ['BadOutput', undefined, '', 'cut off'],
  ['BadOutput', undefined, '', ''],
  ['Unavailable', undefined, '', 'The upstream server timed out'],
  ['RateLimited', undefined, '', 'Too many requests'],
  ['Refused', undefined, 'content_filter', ''],
  ['Auth', undefined, '', 'Invalid API key'],
  ['ContextTooLong', undefined, '', 'maximum context length is 4096'],
])('%s: without any status (%p %s %s)', (kind, status, code, message) => {
  expect(kindOfFailure({ status, code, message })).toBe(kind);
});

it.each<[string, FailureKind]>([
  ['Your account was flagged for violating our usage policies.', 'Auth'],
  ['Your organization has been blocked by a safety policy.', 'Auth'],
])('a ban of an account is no refusal of a text: %s', (message, kind) => {
  expect(kindOfFailure({ status: 403, code: '', message })).toBe(kind);
});

it('waits for a quota that names when it is back', () => {
  const quota = {
    status: 429,
    code: 'RESOURCE_EXHAUSTED',
    message: 'You exceeded your current quota, please check your plan',
  };
  expect(kindOfFailure({ ...quota, namesTime: true })).toBe('RateLimited');
  expect(kindOfFailure({ ...quota, code: 'insufficient_quota', namesTime: true })).toBe('QuotaExhausted');
});

it.each<[string, unknown, object]>([
  [
    'OpenAI',
    { error: { message: 'no', type: 't', code: 'c', param: 'max_tokens' } },
    { message: 'no', code: 'c t', parameter: 'max_tokens' },
  ],
  ['OpenRouter', { error: { code: 429, message: 'no' } }, { message: 'no', status: 429 }],
  ['a status as text', { error: { code: '503', message: 'no' } }, { status: 503 }],
  [
    'Anthropic',
    { type: 'error', error: { type: 'overloaded_error', message: 'no' } },
    { message: 'no', code: 'overloaded_error error' },
  ],
  [
    'Azure',
    { error: { code: 'content_filter', message: 'no', innererror: { code: 'ResponsibleAIPolicyViolation' } } },
    { code: 'content_filter ResponsibleAIPolicyViolation' },
  ],
  [
    'Gemini, in a list',
    [{ error: { code: 429, message: 'no', status: 'RESOURCE_EXHAUSTED', details: [{ retryDelay: '34s' }] } }],
    { message: 'no', retryAfterMs: 34_000 },
  ],
  [
    'Gemini, with its reason',
    { error: { code: 400, message: 'no', details: [{ reason: 'API_KEY_INVALID' }] } },
    { code: '400 API_KEY_INVALID' },
  ],
  ['xAI', { code: 'c', error: 'no' }, { message: 'no', code: 'c' }],
  [
    'FastAPI',
    { detail: [{ loc: ['body', 'store'], msg: 'no', type: 'extra_forbidden' }] },
    { message: 'no', code: 'extra_forbidden', parameter: 'body.store' },
  ],
  ['FastAPI, short', { detail: 'no' }, { message: 'no' }],
  ['Hugging Face', { error: ['a', 'b'], estimated_time: 4.5 }, { message: 'a; b', retryAfterMs: 4_500 }],
  ['MiniMax', { base_resp: { status_code: 1008, status_msg: 'no' } }, { message: 'no' }],
  ['Cloudflare', { success: false, errors: [{ code: 7009, message: 'no' }] }, { message: 'no', code: '7009' }],
  ['a time in words', { error: { message: 'Please try again in 7.66s' } }, { retryAfterMs: 7_660 }],
  ['nothing', null, { message: '', code: '' }],
  ['a number', 5, { message: '', code: '' }],
])('reads the error of %s', (_, body, expected) => {
  expect(vendorErrorIn(body)).toMatchObject(expected);
});
