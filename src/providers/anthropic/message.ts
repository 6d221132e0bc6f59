import { z } from 'zod';
import { MAX_SUMMARY_CHARS } from '../../domain/analyze/summary.js';
import { listOf, textIn } from '../chat/content.js';
import type { Reply } from '../chat/reply.js';
import { ProviderError } from '../provider.js';
import type { Answered } from '../wire/checked-answer.js';
import { jsonIn } from '../wire/json.js';
import { billed } from '../wire/usage.js';
import { holdsError } from '../wire/vendor-error.js';

const word = z.string().nullish().catch(undefined);

/** What we read of a message. */
const Message = z.object({
  content: z.unknown().refine((content) => content !== undefined && content !== null),
  stop_reason: z.unknown().optional(),
  stop_details: z.object({ explanation: word }).nullish().catch(undefined),
});
const Block = z.object({ type: z.string() });

/** @throws ProviderError `BadOutput` for what is no message */
export function replyIn(body: unknown, { usage }: Pick<Answered, 'usage'>): Reply {
  const message = Message.safeParse(listOf(body)[0]).data;
  if (message === undefined) throw new ProviderError('BadOutput', 'the answer has no content', billed(usage));
  const types = listOf(message.content).map((block) => Block.safeParse(block).data?.type);
  return {
    ending: message.stop_reason,
    text: textIn(message.content, MAX_SUMMARY_CHARS),
    refusal: message.stop_details?.explanation ?? undefined,
    thought: types.some((type) => type?.includes('thinking') ?? false),
    tokens: [],
    error: undefined,
  };
}

const MAX_EVENTS = 20_000;
const Event = z.object({
  type: word,
  message: z
    .object({ usage: z.looseObject({}).nullish() })
    .nullish()
    .catch(undefined),
  delta: z.object({ type: word, text: word, stop_reason: word }).nullish().catch(undefined),
  usage: z.looseObject({}).nullish().catch(undefined),
});

/**
 * A message put together from an event stream that nobody asked for.
 * @returns undefined for what is none, or ends before its answer does
 * @see https://docs.anthropic.com/en/docs/build-with-claude/streaming
 */
export function messageInStream(body: string): unknown {
  let text = '';
  let usage = {};
  let ending: string | undefined;
  for (const line of body.split(/\r\n|\r|\n/, MAX_EVENTS)) {
    if (!line.startsWith('data:')) continue;
    const json = jsonIn(line.slice('data:'.length).trim());
    if (json === undefined) return undefined;
    if (holdsError(json)) return json;
    const { message, delta, usage: more } = Event.safeParse(json).data ?? {};
    usage = { ...usage, ...message?.usage, ...more };
    if (delta?.type === 'text_delta') text += delta.text ?? '';
    ending = delta?.stop_reason ?? ending;
    if (text.length > MAX_SUMMARY_CHARS) return undefined;
  }
  return ending === undefined ? undefined : { content: [{ type: 'text', text }], stop_reason: ending, usage };
}
