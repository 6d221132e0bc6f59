/**
 * How vendors say what went wrong, in codes and in words; next to each stands who was seen to say it. Codes are compared
 * without case and separators, so `content_filter`, `ContentFilter` and `content-filter` are one.
 */
export function squeezed(code: string): string {
  return code.toLowerCase().replace(/[^a-z0-9 ]+/g, '');
}

function anyOf(...patterns: string[]): RegExp {
  return new RegExp(patterns.join('|'), 'i');
}

/** The text is over the model's context. */
export const TOO_LONG_CODE = anyOf(
  'contextlengthexceeded', // OpenAI
  'exceedcontextsize', // llama.cpp
  'stringabovemaxlength', // OpenAI, over the limit in characters
  'requesttoolarge', // Anthropic
  'contextwindowexceeded', // LiteLLM
);
export const TOO_LONG_WORDS = anyOf(
  'maximum (context|prompt) length', // OpenAI, vLLM, DeepSeek; xAI
  'context[ _](length|window|size|limit)', // Groq, Ollama, llama.cpp, Anthropic
  'max_model_len', // vLLM
  'too many tokens', // Cohere
  'too large for model with', // Mistral: "Prompt contains 40000 tokens, too large for model with 32768 maximum"
  '(input|prompt|text|sequence|request)( is|:)? too (long|large)', // Hugging Face, Bedrock, Anthropic
  'index out of range in self', // Hugging Face: more tokens than position embeddings
  'size of tensor a \\(\\d+\\) must match the size of tensor b \\(\\d+\\)', // Hugging Face: likewise
  'must have less than \\d+ tokens|must be <= \\d+\\. given', // Text Generation Inference, Together
  'sequence length is longer than', // transformers
  'maximum number of tokens allowed', // Gemini
  'exceed\\w* (the )?(model )?(token|tokens) limit|model token limit', // Moonshot
  'token count .{0,60}exceed', // Together, Gemini
  'range of input length', // Alibaba
  'reduce the length of the (messages|prompt|input)', // Groq, OpenAI
  '(prompt|input) exceeds max', // Zhipu
);
/** OpenAI's 429 and Groq's 413 for more than the tokens of a minute: no wait helps. */
export const OVER_MINUTE = /^request too large/i;

/** The text, or the answer to it, met a content filter. */
export const REFUSED_CODE = anyOf(
  'contentfilter', // OpenAI, Azure, Moonshot
  'contentpolicy', // OpenAI
  'responsibleaipolicy', // Azure, as innererror
  'invalidprompt', // OpenAI
  'datainspection', // Alibaba
  'safetycheck', // xAI
  'moderation', // Mistral, OpenRouter
  'guardrail', // Bedrock, Mistral
  'sensitive(content|info)|contentdetected|riskdetect', // Volcengine
  'promptblocked|blockedbysafety|prohibitedcontent', // Gemini
);
export const REFUSED_WORDS = anyOf(
  'content (violates|blocked|filter|management|moderation|polic|exists risk)', // xAI, Anthropic, Azure, DeepSeek
  'blocked by (a |the |our )?(content|safety|guardrail|moderation)', // Cohere, Anthropic, Bedrock
  'usage (guidelines|polic)', // xAI, OpenAI
  'safety[ _](check|system|filter|polic|setting|reason)', // xAI, OpenAI, Gemini
  '(was|been|is|were) (flagged|filtered)', // OpenRouter, Azure, OpenAI
  'requires moderation|moderation (filter|polic|system)', // OpenRouter
  'inappropriate content|(unsafe|sensitive|harmful|prohibited) (content|material|input|information)', // Alibaba, Zhipu
  'considered high risk', // Moonshot
  'responsible ai', // Azure, Bedrock
  'new_sensitive', // MiniMax
  'blocked due to security', // Cloudflare's gateway
  '敏感|违规', // Zhipu, Baidu
);
/** A ban of an account speaks of policies too. */
export const ABOUT_ACCOUNT = /\b(account|organi[sz]ation|subscription|api.?keys?|your access)\b/i;

/** The account has no money left, or none to spend. */
export const NO_MONEY_CODE = anyOf(
  'insufficient(quota|balance|credits?|funds)', // OpenAI, DeepSeek
  'exceededcurrentquota', // Moonshot
  'billing', // OpenAI, Anthropic
  'arrear|overdue', // Alibaba, Volcengine
  'creditlimit|creditexhausted', // Together
  'blockedapiaccess', // Groq: the spend limit
  'budgetexceeded', // LiteLLM
  'servicequotaexceeded', // Bedrock
  'paymentrequired',
);
export const NO_MONEY_WORDS = anyOf(
  '\\b(credits?|balance|billing|recharge|prepaid|arrears|overdue)\\b',
  '\\btop.?up\\b|\\bspend(ing)? limit|\\bpayment\\b|\\bbudget\\b|\\binsufficient funds\\b',
  'api usage limits', // Anthropic: the limit that a customer set
  '余额|欠费', // Zhipu, Alibaba
);
/** A parameter or a property may be called a budget or a balance too. */
export const ABOUT_PARAMETER = /\bthinking\b|reasoning|schema|response_format|\bparameters?\b|\bpropert(y|ies)\b/i;
/** A quota is a limit of a month or of a minute: which one, other words tell. */
export const QUOTA_WORDS = /quota|\bmonthly\b|\bper month\b|\/ ?month\b|usage limit/i;
export const RATE_WORDS = anyOf(
  '\\bper (second|minute)\\b|\\/ ?(s|sec|second|m|min|minute)\\b|\\b[rt]pm\\b',
  'rate.?limit|concurren|too many requests',
  '\\b(\\d+|five)[ -]?hours?\\b|\\bhourly\\b|session usage', // Zhipu, MiniMax; Ollama: plans by the hour
);
export const RATE_CODE = /ratelimit|toomanyrequests|throttl|resourceexhausted|capacityexceeded|engineoverloaded/;

/** The key is wrong, though the status is not 401. */
export const KEY_CODE =
  /invalidapikey|apikeyinvalid|invalidauthentication|authenticationerror|unauthenticated|unauthori[sz]ed/;
export const KEY_WORDS = anyOf(
  'api.?key (is )?(not valid|invalid|incorrect|expired|missing|not found)', // Gemini
  '(invalid|incorrect|expired|missing|wrong|bad|no) (api.?key|credentials|authentication)', // xAI, llama.cpp
  'unauthori[sz]ed',
);

/** The key is not for this model. */
export const NO_MODEL_CODE = /modelnotfound|modelpermission|keymodelaccess/; // OpenAI, Groq, LiteLLM
export const NO_MODEL_WORDS = /not have access to (the )?model\b(?! with)|not allowed to access model/i; // OpenAI, LiteLLM

/** The model wrote no JSON where JSON was demanded: an answer that is of no use. */
export const NO_JSON_CODE = /jsonvalidatefailed|tooluse?failed/; // Groq
export const NO_JSON_WORDS = /failed to (generate|validate) json/i;

export const OVERLOADED_CODE =
  /overload|unavailable|servererror|internal|apierror|timeout|badgateway|modelerror|notready|loading|upstream/;
export const OVERLOADED_WORDS =
  /overload|unavailable|timed? ?out|try again|loading|internal (server )?error|bad gateway|upstream|at capacity/i;
