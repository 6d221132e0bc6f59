import { expect, it } from '@jest/globals';
import type { FailureKind } from '../../../src/domain/failure.js';
import { kindOfStatus } from '../../../src/providers/wire/status.js';

it.each<[status: number, code: string, message: string, kind: FailureKind]>([
  [301, '', '', 'BadRequest'],
  [400, '', '', 'BadRequest'],
  [400, 'content_filter', '', 'Refused'],
  [400, 'content_policy_violation', '', 'Refused'],
  [400, 'context_length_exceeded', '', 'ContextTooLong'],
  [
    400,
    'BadRequestError 400',
    "This model's maximum context length is 4096 tokens. However, you requested",
    'ContextTooLong',
  ],
  [400, 'invalid_request_error 3051', 'Prompt contains 40004 tokens, too large for model with 32768', 'ContextTooLong'],
  [400, '', 'too many tokens: total number of tokens in the prompt exceeds the limit', 'ContextTooLong'],
  [400, '', 'index out of range in self', 'ContextTooLong'],
  [400, '', 'Input is too long for requested model.', 'ContextTooLong'],
  [400, 'exceed_context_size_error', 'the request exceeds the available context size', 'ContextTooLong'],
  [422, '', 'Input validation error: `inputs` must have less than 1024 tokens. Given: 2000', 'ContextTooLong'],
  [422, '', '`inputs` tokens + `max_new_tokens` must be <= 4096. Given: 5000 `inputs` tokens', 'ContextTooLong'],
  [400, '', 'The size of tensor a (513) must match the size of tensor b (512) at dimension 1', 'ContextTooLong'],
  [401, 'insufficient_quota', '', 'Auth'],
  [402, '', '', 'QuotaExhausted'],
  [403, '', '', 'Auth'],
  [404, '', '', 'BadRequest'],
  [405, '', '', 'BadRequest'],
  [408, '', '', 'Unavailable'],
  [409, '', '', 'Unavailable'],
  [413, '', '', 'ContextTooLong'],
  [422, '', '', 'BadRequest'],
  [425, '', '', 'Unavailable'],
  [429, '', '', 'RateLimited'],
  [429, 'rate_limit_exceeded tokens', 'Rate limit reached for gpt-x', 'RateLimited'],
  [429, 'rate_limit_exceeded tokens', 'Request too large for gpt-x: Limit 30000, Requested 90000', 'ContextTooLong'],
  [429, 'insufficient_quota insufficient_quota', '', 'QuotaExhausted'],
  [500, '', '', 'Unavailable'],
  [500, '', 'index out of range in self', 'ContextTooLong'],
  [503, '', '', 'Unavailable'],
  [529, '', '', 'Unavailable'],
])('%i %s %s is %s', (status, code, message, kind) => {
  expect(kindOfStatus(status, code, message)).toBe(kind);
});
