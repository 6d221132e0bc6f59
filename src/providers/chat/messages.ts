import { randomBytes } from 'node:crypto';
import { wellFormed } from '../../domain/text.js';
import { againFor } from './prompts.js';

/**
 * Where the instruction stands, from the safest against texts that give orders to what every server takes.
 * - `around`: in system messages before and behind the text, which is all of the user's message
 * - `before`: in one before it; random lines show where the text begins and ends
 * - `within`: in the user's message, before and behind those lines
 */
export const PLACES = ['around', 'before', 'within'] as const;
export type Place = (typeof PLACES)[number];

export interface Message {
  role: 'system' | 'user';
  content: string;
}

/** @param instruction for a text in the user's message */
export function messagesFor(place: Place, instruction: string, text: string): Message[] {
  const sent = textToSend(text);
  const again = againFor(instruction);
  if (place === 'around') {
    return [
      { role: 'system', content: instruction },
      { role: 'user', content: sent },
      { role: 'system', content: again },
    ];
  }
  const line = `=====${randomBytes(8).toString('hex')}=====`; // so that no text can know how to end itself
  const head = `${instruction}\nThe text stands between two lines ${line}.`;
  const marked = `${line}\n${sent}\n${line}`;
  if (place === 'within') return [{ role: 'user', content: `${head}\n${marked}\n${again}` }];
  return [
    { role: 'system', content: head },
    { role: 'user', content: marked },
  ];
}

/**
 * Marks with which chat templates of open models end one message and begin another, or think: `<|im_end|>`, `[/INST]`,
 * `<<SYS>>`, `<end_of_turn>`, `</think>`. Servers that put templates together as text would take them for real.
 */
const TEMPLATE_MARK =
  /[<◁](?=[|｜])|<(?=(?:turn|channel)[|｜]>)|<(?=\/?(?:s|bos|eos|pad|unk|system|user|assistant|human|think\w{0,8}|thought|reason\w{0,8}|answer|response|seed:\w{1,16}|(?:start|end)_of_\w{1,16}|unused\d{1,4}|tool_\w{1,16})>)|<(?=<\/?SYS>>)|\[(?=\/?(?:INST|SYSTEM_PROMPT|THINK|AVAILABLE_TOOLS|TOOL_\w{1,16})\])|◁(?=\/?think▷)/gi;

/** The text as it is sent: without half characters, and with a space in every mark of a template. */
export function textToSend(text: string): string {
  return wellFormed(text).replace(TEMPLATE_MARK, '$& ');
}
