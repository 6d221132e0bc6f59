import type { BatchItem } from '../../domain/batch/batch-page.js';
import { isBlank, MAX_TEXT_BYTES } from '../../domain/text.js';

/** What a record of an input says: its text, or what is wrong with it. */
export type Said = { id?: string | number } & ({ text: string } | { bad: string });

/** As JSON, and so that several fit into one message to the server. */
const MAX_ENCODED_BYTES = 1.5 * 1024 * 1024;
const MAX_ID_CHARS = 500;

/** @param where the text was looked for, for a person */
export function saidBy(text: unknown, where: string, id?: unknown): Said {
  if (id !== undefined && id !== null && id !== '') {
    const usable = (typeof id === 'string' && id.length <= MAX_ID_CHARS) || typeof id === 'number';
    if (!usable) return { bad: `the id is not a number, nor a text of at most ${MAX_ID_CHARS} characters` };
    return { id, ...checked(text, where) };
  }
  return checked(text, where);
}

function checked(text: unknown, where: string): { text: string } | { bad: string } {
  if (typeof text !== 'string' || isBlank(text)) return { bad: `no text${where}` };
  if (text.includes('\0')) return { bad: `not text: NUL${where}` };
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_TEXT_BYTES) return { bad: `too long: ${bytes} bytes; the limit is ${MAX_TEXT_BYTES} (1 MiB)` };
  const encoded = Buffer.byteLength(JSON.stringify(text));
  if (encoded > MAX_ENCODED_BYTES) return { bad: `too long: ${encoded} bytes as JSON` };
  return { text };
}

export function toItem(line: number, said: Said): Exclude<BatchItem, { kept: unknown }> {
  return { ...said, line, id: said.id ?? line };
}
