/** `max_tokens`, `max_completion_tokens`, `max_output_tokens`, `max_new_tokens`: what a request lets a model write. */
const NAMES_OUR_LIMIT =
  /max_(completion_|output_|new_)?tokens\b|\b\d+ (tokens )?(in|for) the (completion|output)\b|requested \d+ output tokens/i;
const IS_TOO_LARGE = /too large|must be less|greater|at most|exceed|maximum|<=|>|however, you requested/i;

const CONTEXT_TOKENS = [
  /maximum (?:context|prompt) length (?:is |of )?(?:only )?(\d{1,9})/i, // OpenAI, vLLM, xAI
  /context length is only (\d{1,9})/i, // vLLM
  /max_model_len\D{1,3}(\d{1,9})/i, // vLLM
  /must be <= (\d{1,9})/i, // Text Generation Inference, Together
  /exceed context limit: [\d +]{1,40}> (\d{1,9})/i, // Anthropic
];
const TEXT_TOKENS = [
  /(\d{1,9}) (?:tokens )?(?:in|from) the (?:messages|prompt|input)/i, // OpenAI, vLLM
  /(\d{1,9}) (?:input|prompt) tokens/i, // vLLM
  /(\d{1,9}) of text input/i, // OpenRouter
  /given: (\d{1,9}) .?inputs/i, // Text Generation Inference, Together
  /exceed context limit: (\d{1,9})/i, // Anthropic
];
const OUR_TOKENS = [
  /max_(?:completion_|output_|new_)?tokens\D{1,20}(\d{1,9})/i,
  /(\d{1,9}) (?:tokens )?(?:in|for) the (?:completion|output)/i,
  /requested (\d{1,9}) output tokens/i,
];
/** A text that takes less than this of the context is not what is too long. */
const SMALL_SHARE = 0.5;

/**
 * Whether a vendor complains about how much a model may write, and not about the text: then a shorter text is no remedy.
 * Vendors add both up and name the sum; where they say the parts, these decide.
 */
export function ourLimitIn(message: string): 'too large' | 'not meant' {
  if (!NAMES_OUR_LIMIT.test(message) || !IS_TOO_LARGE.test(message)) return 'not meant';
  const context = numberIn(message, CONTEXT_TOKENS);
  const text = numberIn(message, TEXT_TOKENS);
  if (context === undefined) return 'too large';
  if (text !== undefined) return text < context * SMALL_SHARE ? 'too large' : 'not meant';
  const ours = numberIn(message, OUR_TOKENS);
  return ours !== undefined && ours >= context ? 'too large' : 'not meant';
}

function numberIn(message: string, patterns: readonly RegExp[]): number | undefined {
  for (const pattern of patterns) {
    const digits = pattern.exec(message)?.[1];
    if (digits !== undefined) return Number(digits);
  }
  return undefined;
}
