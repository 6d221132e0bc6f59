/**
 * A provider of your own: any service that summarizes, here one that takes `{ text, task }` and answers
 * `{ summary, tokens: [in, out] }`. It has one task only; a route for the other names somebody else.
 *
 * @param {{ apiKey?: string, maxSummaryWords: number, options: { url?: string } }} settings as configured, with the key
 */
export default function myProvider({ apiKey, maxSummaryWords, options }) {
  return {
    /**
     * @param {string} text
     * @param {AbortSignal} signal aborts when the time is up, or nobody waits any more
     * @returns {Promise<{ value: string, usage?: { inputTokens: number, outputTokens: number } }>}
     */
    async summarize(text, signal) {
      const response = await fetch(options.url ?? 'http://127.0.0.1:8080/summaries', {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${apiKey}` },
        body: JSON.stringify({ text, words: maxSummaryWords }),
        signal,
      }).catch((error) => {
        throw failure('Unavailable', String(error.cause?.code ?? error.name), {
          neverSent: error.cause?.syscall === 'connect',
        });
      });
      if (response.status === 429) {
        const seconds = Number(response.headers.get('retry-after') ?? 5);
        throw failure('RateLimited', 'too many summaries', { retryAfterMs: seconds * 1000 });
      }
      if (!response.ok)
        throw failure(response.status >= 500 ? 'Unavailable' : 'BadRequest', `status ${response.status}`);
      const { summary, tokens } = await response.json(); // what this throws is BadOutput
      const [inputTokens, outputTokens] = tokens;
      return { value: summary, usage: { inputTokens, outputTokens } };
    },
  };
}

/**
 * A failure as a run understands it: an error with this name and one of the kinds in docs/failover.md.
 * @param {string} kind
 * @param {string} message
 * @param {{ retryAfterMs?: number, possiblyPaid?: boolean, neverSent?: boolean }} [more]
 */
function failure(kind, message, more = {}) {
  return Object.assign(new Error(message), { name: 'ProviderError', kind, ...more });
}
