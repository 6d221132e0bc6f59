import type { BatchItem, Cursor } from '../../domain/batch/batch-page.js';
import type { LineHead } from '../../domain/batch/result-line.js';
import { isBlank, MAX_TEXT_BYTES, oneLine, wellFormed } from '../../domain/text.js';

/** What a record of an input says: its text, or what is wrong with it. */
export type Said = Partial<Pick<LineHead, 'id' | 'idIsNumber'>> & ({ text: string } | { bad: string });

/** One record of an input, good or bad. */
export interface InputRecord {
  said: Said;
  line: number;
  /** Where the next one begins. */
  next: Omit<Cursor, 'previousOffset'>;
}

/** As JSON, and so that several fit into one message to the server. */
const MAX_ENCODED_BYTES = 1.5 * 1024 * 1024;
const MAX_ID_CHARS = 500;

/** A number that JavaScript would round, or write in another way. */
export class NumberAsWritten {
  constructor(readonly digits: string) {}
}

/**
 * @param where the text was looked for, for a person
 */
export function saidBy(text: unknown, where: string, id?: unknown): Said {
  if (id === undefined || id === null || id === '') return checked(text, where);
  const digits = id instanceof NumberAsWritten ? id.digits : undefined;
  const usable = digits ?? (typeof id === 'string' || typeof id === 'number' ? id : undefined);
  if (usable === undefined || String(usable).length > MAX_ID_CHARS) {
    return { bad: `the id is not a number, nor a text of at most ${MAX_ID_CHARS} characters` };
  }
  return { id: usable, ...(digits !== undefined && { idIsNumber: true }), ...checked(text, where) };
}

/** A record that is of no use, with its id where that is one. */
export function badRecord(bad: string, id: string | undefined): Said {
  const { id: itsId } = saidBy('', '', id);
  return { ...(itsId !== undefined && { id: itsId }), bad };
}

function checked(given: unknown, where: string): { text: string } | { bad: string } {
  if (typeof given !== 'string' || isBlank(given)) return { bad: `no text${where}` };
  if (given.includes('\0')) return { bad: `not text: NUL${where}` };
  const text = wellFormed(given);
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_TEXT_BYTES) return { bad: `too long: ${bytes} bytes; the limit is ${MAX_TEXT_BYTES} (1 MiB)` };
  const encoded = Buffer.byteLength(JSON.stringify(text));
  if (encoded > MAX_ENCODED_BYTES) return { bad: `too long: ${encoded} bytes as JSON` };
  return { text };
}

type ReadItem = (LineHead & { text: string }) | Extract<BatchItem, { bad: string }>;

export function toItem(line: number, said: Said): ReadItem {
  const head = { line, id: said.id ?? line, ...(said.idIsNumber && { idIsNumber: said.idIsNumber }) };
  return 'text' in said ? { text: said.text, ...head } : { bad: oneLine(said.bad, 500), ...head };
}
