/** What a vendor's reason to stop says about an answer. */
export type Ending = 'complete' | 'cut off' | 'filtered' | 'interrupted' | 'unknown';

/** By their letters alone: `END_TURN`, `end-turn` and `endTurn` are one. The only reasons that make half a sentence whole. */
const COMPLETE = new Set([
  ...['stop', 'stopped', 'stopsequence', 'stopstring', 'stoptoken'], // OpenAI, Gemini; Cohere, Anthropic; vLLM
  ...['endturn', 'eos', 'eostoken', 'eod', 'endoftext', 'endofturn'], // Anthropic; Together, Text Generation Inference
  ...['complete', 'completed', 'finish', 'finished', 'done', 'success', 'normal', 'end'], // Cohere; Ollama; others
]);
const CUT_OFF = /length|max(output|new|completion)?tokens|tokenlimit|contextwindow|truncat|incomplete|tokensexceeded/;
const FILTERED =
  /filter|safety|refus|recitation|block|prohibit|spii|toxic|guardrail|sensitive|moderat|policy|violation|malicious|harm/;

/** The vendor gave up on the way. */
const INTERRUPTED = /insufficientsystemresource|networkerror|^timeout$|^abort(ed)?$/; // DeepSeek; Zhipu; Cohere; vLLM

/** @param reason null and nothing count as complete: some servers never say */
export function endingOf(reason: unknown): Ending {
  if (reason === null || reason === undefined || reason === '') return 'complete';
  if (typeof reason !== 'string') return 'unknown';
  const letters = reason
    .toLowerCase()
    .replace(/[^a-z]+/g, '')
    .replace(/^finishreason/, '');
  if (COMPLETE.has(letters)) return 'complete';
  if (/(function|tool)call/.test(letters)) return 'unknown'; // Gemini: function_call_filter: …
  if (FILTERED.test(letters)) return 'filtered';
  if (INTERRUPTED.test(letters)) return 'interrupted';
  return CUT_OFF.test(letters) ? 'cut off' : 'unknown';
}
