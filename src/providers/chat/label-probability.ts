export interface Token {
  token: string;
  /** Natural logarithm of the token's probability. */
  logprob: number;
}

/** OpenAI says -9999 of a token that is not among the likeliest. */
const UNKNOWN_LOGPROB = -1_000;

/**
 * How sure the model was when it wrote the label: the product over the tokens that spell the label's value in
 * `{"label": "POSITIVE", …}`. A model's own number for its confidence is far less honest than this.
 * @returns 0 to 1; undefined when the tokens hold no label
 */
export function labelProbability(tokens: readonly Token[]): number | undefined {
  const written = tokens.map(({ token }) => token).join('');
  const labels = [...written.matchAll(/"label"\s*:\s*"([^"]+)"/dg)];
  const value = labels.at(-1)?.indices?.[1]; // before it may stand drafts, in thoughts
  if (value === undefined) return undefined;
  const [start, end] = value;
  let at = 0;
  let logProbability = 0;
  for (const { token, logprob } of tokens) {
    if (at < end && at + token.length > start) logProbability += logprob <= UNKNOWN_LOGPROB ? Number.NaN : logprob;
    at += token.length;
  }
  return Number.isNaN(logProbability) ? undefined : Math.min(1, Math.exp(logProbability));
}
