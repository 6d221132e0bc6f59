import type { VendorRequest } from './vendor-request.js';

const LABEL_TOKENS = [
  { token: '{"', logprob: 0 },
  { token: 'label', logprob: 0 },
  { token: '":"', logprob: 0 },
  { token: 'POS', logprob: Math.log(0.99) },
  { token: 'ITIVE', logprob: 0 },
  { token: '","score":0.8}', logprob: -0.5 },
];

/** What a well-behaved vendor answers: always the same, POSITIVE with 0.99. */
export function answerTo(request: VendorRequest): unknown {
  if (request.wire === 'chat') return completion(request, contentFor(request));
  if (request.wire === 'messages') return message(request, contentFor(request));
  if (request.task === 'summarize') return [{ summary_text: summaryOf(request.text) }];
  return [
    [
      { label: 'NEGATIVE', score: 0.01 },
      { label: 'POSITIVE', score: 0.99 },
    ],
  ];
}

export function contentFor({ task, text, logprobs }: VendorRequest): string {
  if (task === 'summarize') return summaryOf(text);
  return logprobs ? LABEL_TOKENS.map(({ token }) => token).join('') : '{"label":"POSITIVE","score":0.99}';
}

export function completion(request: VendorRequest, content: string | null, finishReason = 'stop', refusal?: string) {
  const { model, task, text, logprobs } = request;
  const message = { role: 'assistant', content, refusal: refusal ?? null };
  const tokens = logprobs && task === 'sentiment' ? { content: LABEL_TOKENS, refusal: null } : null;
  return {
    id: 'chatcmpl-fake',
    object: 'chat.completion',
    created: 1_785_000_000,
    model,
    choices: [{ index: 0, message, logprobs: tokens, finish_reason: finishReason }],
    usage: { prompt_tokens: 50 + Math.ceil(text.length / 4), completion_tokens: 20, total_tokens: 0 },
  };
}

/** Anthropic's shape of the same. */
export function message({ model, text }: VendorRequest, content: string, stopReason = 'end_turn') {
  return {
    id: 'msg_fake',
    type: 'message',
    role: 'assistant',
    model,
    content: content === '' ? [] : [{ type: 'text', text: content }],
    stop_reason: stopReason,
    stop_sequence: null,
    usage: { input_tokens: 50 + Math.ceil(text.length / 4), output_tokens: 20 },
  };
}

function summaryOf(text: string): string {
  const words = text.slice(0, 200).split(/\s+/).filter(Boolean).slice(0, 8).join(' ');
  return `In short: ${words.replace(/[.!?]*$/, '')}.`;
}
