import { MAX_SUMMARY_CHARS } from '../../domain/analyze/summary.js';
import { ProviderError } from '../provider.js';
import type { Answered } from '../wire/checked-answer.js';
import { cleanedJson, jsonWithin } from '../wire/json.js';
import { ANSWER_RUN, withoutSecrets } from '../wire/secrets.js';
import { billed, isTooFewFor } from '../wire/usage.js';
import { shortened, vendorMessage } from '../wire/vendor-message.js';
import type { ChatAnswer, Output } from './ask.js';
import { endingOf } from './finish-reason.js';
import type { Token } from './label-probability.js';
import { withoutThoughts } from './thoughts.js';

/** JSON of a label or a few fields; where a task's own limit leaves room for more, more is read. Characters. */
const MAX_JSON_CHARS = 4_096;
const CHARACTERS_PER_TOKEN = 6;
const MAX_WORDS_TOLD = 200;

/** What a chat model sent, whatever its vendor calls the parts. */
export interface Reply {
  /** Why it stopped, in the vendor's word. */
  ending: unknown;
  text: string;
  /** Why it would not answer, in the model's words. */
  refusal: string | undefined;
  /** Thoughts came beside the text. */
  thought: boolean;
  tokens: readonly Token[];
  /** An error beside half an answer. */
  error: unknown;
}

/**
 * The whole answer in a reply.
 * @param asked with the instruction and the text as they were sent
 * @throws ProviderError when it is refused, cut off, empty, or an answer to a part of the text only
 */
export function answerIn(reply: Reply, output: Output, answered: Answered): ChatAnswer {
  const { usage, secrets, text } = answered;
  const failed = (kind: ProviderError['kind'], message: string) => new ProviderError(kind, message, billed(usage));
  const ending = endingOf(reply.ending);
  if (ending === 'filtered') throw failed('Refused', reasonFor(reply, 'stopped by a content filter', answered));
  if (reply.refusal) throw failed('Refused', reasonFor(reply, 'the model refused', answered));
  if (usage && isTooFewFor(text, usage)) {
    throw failed('ContextTooLong', `only ${usage.inputTokens} tokens of the text were read`);
  }
  const thoughtOnly = reply.thought || /^\s*</.test(reply.text);
  if (ending === 'cut off') {
    const more = thoughtOnly ? '; reasoningEffort or maxOutputTokens gives it room to think' : '';
    throw failed('BadOutput', `the answer was cut off at its token limit${more}`);
  }
  if (ending === 'unknown' || ending === 'interrupted') {
    const said = shortened(vendorMessage(JSON.stringify(reply.ending), answered), 60);
    throw failed(
      ending === 'interrupted' ? 'Unavailable' : 'BadOutput',
      `the answer ended with ${said}, so it may be half of one`,
    );
  }
  const room = output.maxTokens * CHARACTERS_PER_TOKEN;
  const limit = Math.max(output.schema ? MAX_JSON_CHARS : MAX_SUMMARY_CHARS, room);
  if (reply.text.length > Math.max(MAX_SUMMARY_CHARS, room))
    throw failed('BadOutput', 'the answer is longer than any that was asked for');
  const content = withoutThoughts(reply.text);
  if (content.length > limit) throw failed('BadOutput', 'the answer is longer than any that was asked for');
  if (content === '')
    throw failed('BadOutput', thoughtOnly ? 'the model thought and did not answer' : 'the answer is empty');
  const clean = (value: string) => withoutSecrets(value, secrets, ANSWER_RUN);
  const value = output.schema ? cleanedJson(jsonWithin(content), clean) : clean(content);
  return { value, tokens: reply.tokens, usage: usage?.outputTokens === 0 ? undefined : usage };
}

function reasonFor({ refusal, text }: Reply, what: string, answered: Answered): string {
  const said = shortened(vendorMessage(refusal ?? text, answered), MAX_WORDS_TOLD);
  return said === '' ? what : `${what}: ${said}`;
}
