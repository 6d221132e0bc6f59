import { z } from 'zod';
import { jsonIn } from '../wire/json.js';
import { holdsError } from '../wire/vendor-error.js';
import { listOf, textIn } from './content.js';

/** A body is bounded to less than this many events; a stream of empty lines is not read to its end. */
const MAX_EVENTS = 20_000;
const MAX_CHARS = 65_536;

const Delta = z.object({ content: z.unknown().optional(), refusal: z.string().nullish().catch(undefined) });
const Choice = z.object({
  delta: z.unknown().optional(),
  message: z.unknown().optional(),
  finish_reason: z.unknown().optional(),
});
const Event = z.object({ choices: z.unknown().optional(), usage: z.unknown().optional() });

/**
 * A chat completion put together from an event stream, which a proxy sends though `stream: false` was asked for.
 * @returns undefined for what is none, or ends before its answer does
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export function completionInStream(body: string): unknown {
  const data = dataIn(body);
  let text = '';
  let refusal = '';
  let ending: unknown;
  let usage: unknown;
  let isWhole = false;
  let whole: unknown;
  for (const line of data) {
    if (line === '[DONE]') {
      isWhole = true;
      break;
    }
    const json = jsonIn(line);
    if (json === undefined) return undefined;
    if (holdsError(json)) return json;
    const event = Event.safeParse(json).data;
    usage = event?.usage ?? usage;
    const choice = Choice.safeParse(listOf(event?.choices)[0]).data;
    if (choice?.message !== undefined && choice.message !== null) {
      whole = json; // each holds all that came so far
      ending = choice.finish_reason ?? ending;
      continue;
    }
    const delta = Delta.safeParse(choice?.delta).data;
    text += textIn(delta?.content, MAX_CHARS);
    refusal += delta?.refusal ?? '';
    ending = choice?.finish_reason ?? ending;
    if (text.length > MAX_CHARS) return undefined;
  }
  if (!isWhole && (ending === undefined || ending === null)) return undefined;
  return whole ?? { choices: [{ message: { content: text, refusal }, finish_reason: ending ?? null }], usage };
}

/** The payloads of a stream's events; fields beside `data` mean nothing here. */
function dataIn(body: string): string[] {
  if (!/^\s*(data|event|id|retry)?:/.test(body)) return [];
  return body
    .split(/\r\n|\r|\n/, MAX_EVENTS)
    .flatMap((line) => (line.startsWith('data:') ? [line.slice('data:'.length).trim()] : []))
    .filter((data) => data !== '');
}
