import type { FailureKind } from '../../domain/failure.js';

/** How vendors say that a text is over the model's context, in a code or in words; each was seen at the vendor named. */
const CONTEXT_TOO_LONG = new RegExp(
  [
    'context_length_exceeded', // OpenAI
    'exceed_context_size', // llama.cpp
    'string_above_max_length', // OpenAI, over the limit in characters
    'maximum context length', // OpenAI, vLLM, DeepSeek
    'context (length|window|size)', // Groq, Ollama, llama.cpp: "exceeds the available context size"
    'max_model_len', // vLLM
    'too many tokens', // Cohere
    'too large for model with', // Mistral: "Prompt contains 40000 tokens, too large for model with 32768 maximum"
    '(input|prompt|text|sequence|request) is too (long|large)', // Hugging Face, Bedrock
    'index out of range in self', // Hugging Face: more tokens than position embeddings
    'size of tensor a \\(\\d+\\) must match the size of tensor b \\(\\d+\\)', // Hugging Face: likewise
    'must have less than \\d+ tokens|must be <= \\d+\\. given', // Text Generation Inference
    'sequence length is longer than', // transformers
    '^request too large', // OpenAI's 429 and Groq's 413: over a minute's tokens, so no wait helps
  ].join('|'),
  'i',
);

const QUOTA = /insufficient_quota|billing_hard_limit_reached|billing_not_active/i;
const REFUSED = /content_filter|content_policy_violation|ResponsibleAIPolicyViolation|invalid_prompt/i;

/**
 * @param code what the body gives as code and type, in one string
 * @param message the body's message, without any echo of the text: that could spell a code
 */
export function kindOfStatus(status: number, code: string, message: string): FailureKind {
  const tooLong = CONTEXT_TOO_LONG.test(code) || CONTEXT_TOO_LONG.test(message);
  switch (status) {
    case 401:
    case 403:
      return 'Auth';
    case 402:
      return 'QuotaExhausted';
    case 429:
      if (QUOTA.test(code)) return 'QuotaExhausted';
      return /^request too large/i.test(message) ? 'ContextTooLong' : 'RateLimited';
    case 413:
      return 'ContextTooLong';
    case 400:
    case 422:
      if (REFUSED.test(code)) return 'Refused';
      return tooLong ? 'ContextTooLong' : 'BadRequest';
    case 408:
    case 409:
    case 425:
      return 'Unavailable';
    case 500: // inference servers report the exception of a model that was given too much
      return tooLong ? 'ContextTooLong' : 'Unavailable';
    default:
      return status >= 500 ? 'Unavailable' : 'BadRequest';
  }
}
