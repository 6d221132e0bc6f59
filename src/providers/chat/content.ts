import { z } from 'zod';

/** No answer of ours comes in so many parts. */
const MAX_PARTS = 256;

const Part = z.object({ type: z.string().nullish().catch(undefined), text: z.string().nullish().catch(undefined) });

/** Of chat completions and messages, of OpenAI's responses. Thoughts are text too, by names that end like these. */
const TEXT_TYPES = new Set(['text', 'output_text']);

/** Some vendors send one thing where a list is promised, and the reverse. @returns nothing for null and undefined */
export function listOf(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

/**
 * The text in a message's content: a string, or parts of which those of thinking, tools and pictures are left out.
 * Content that is an object of another kind is the JSON that was asked for, parsed by a server that meant well.
 * @returns more than `maxChars` characters where the content has more
 */
export function textIn(content: unknown, maxChars: number): string {
  if (typeof content === 'string') return content;
  let text = '';
  for (const part of listOf(content).slice(0, MAX_PARTS)) {
    text += partText(part);
    if (text.length > maxChars) break;
  }
  return text;
}

function partText(part: unknown): string {
  if (typeof part === 'string') return part;
  if (typeof part !== 'object' || part === null || Array.isArray(part)) return '';
  const { type, text } = Part.parse(part);
  if (typeof text === 'string') return type === undefined || type === null || TEXT_TYPES.has(type) ? text : '';
  return 'type' in part || 'thinking' in part ? '' : JSON.stringify(part);
}
