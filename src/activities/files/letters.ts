import { oneLine } from '../../domain/text.js';
import { invalidInput } from '../input/invalid-input.js';
import type { FileToRead } from './rooted.js';

/** How the bytes of a file become text. */
export interface Letters {
  /** As the Encoding Standard calls it. */
  encoding: string;
  /** Bytes that an ASCII character has. */
  unit: 1 | 2;
  bigEndian: boolean;
  /** Where the text begins: behind a byte order mark. */
  begin: number;
  /** The character that ends a line; a carriage return before a line feed belongs to it. */
  lineEnd: typeof LINE_FEED | typeof CARRIAGE_RETURN;
}

export const LINE_FEED = 0x0a;
export const CARRIAGE_RETURN = 0x0d;
export const UTF_8: Letters = { encoding: 'utf-8', unit: 1, bigEndian: false, begin: 0, lineEnd: LINE_FEED };

/** Enough to see how lines end. */
const HEAD_BYTES = 256 * 1024;
const MARKS: [mark: number[], encoding: string][] = [
  [[0xff, 0xfe, 0x00, 0x00], 'utf-32le'],
  [[0x00, 0x00, 0xfe, 0xff], 'utf-32be'],
  [[0xef, 0xbb, 0xbf], 'utf-8'],
  [[0xff, 0xfe], 'utf-16le'],
  [[0xfe, 0xff], 'utf-16be'],
];

/**
 * Told by a byte order mark, else by the person, else UTF-8.
 * @throws ApplicationFailure of type `InvalidInput` when it is certain that the file is in another encoding
 */
export async function lettersOf(file: FileToRead, named: string | undefined): Promise<Letters> {
  const head = await file.head(HEAD_BYTES);
  const [mark = [], marked] = MARKS.find(([bytes]) => bytes.every((byte, at) => head[at] === byte)) ?? [];
  const encoding = marked ?? new TextDecoder(named ?? 'utf-8').encoding;
  if (encoding.startsWith('utf-32')) throw invalidInput(`${oneLine(file.path)} is UTF-32: save it as UTF-8`);
  if (marked === undefined && named === undefined && isSparse(head)) {
    throw invalidInput(`${oneLine(file.path)} is not UTF-8; is it UTF-16? Say it: --encoding utf-16le or utf-16be`);
  }
  const unit = encoding.startsWith('utf-16') ? 2 : 1;
  const letters: Letters = { ...UTF_8, encoding, unit, bigEndian: encoding === 'utf-16be', begin: mark.length };
  const hasOnlyReturns =
    indexOfUnit(head, LINE_FEED, 0, letters) < 0 && indexOfUnit(head, CARRIAGE_RETURN, 0, letters) >= 0;
  return hasOnlyReturns ? { ...letters, lineEnd: CARRIAGE_RETURN } : letters;
}

/** @param from where a character begins @returns where the character stands; -1 when it does not */
export function indexOfUnit(bytes: Buffer, code: number, from: number, { unit, bigEndian }: Letters): number {
  if (unit === 1) return bytes.indexOf(code, from);
  const wanted = Buffer.from(bigEndian ? [0, code] : [code, 0]);
  let at = bytes.indexOf(wanted, from);
  while (at >= 0 && (at - from) % 2 !== 0) at = bytes.indexOf(wanted, at + 1);
  return at;
}

/** @returns undefined for bytes that are not what the encoding allows */
export function textIn(bytes: Uint8Array, { encoding }: Letters): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** What is wrong with bytes that are no text. */
export function notText({ encoding }: Letters): string {
  return encoding === 'utf-8' ? 'not UTF-8 (another encoding: --encoding)' : `not ${encoding}`;
}

/** Texts in UTF-16 have a NUL in every second place, as far as they are ASCII; no text in UTF-8 has. */
function isSparse(head: Buffer): boolean {
  const some = head.subarray(0, 4_096);
  return some.filter((byte) => byte === 0).length > some.length / 4;
}
