import type { FileToRead } from '../files/rooted.js';
import { CARRIAGE_RETURN, indexOfUnit, LINE_FEED, UTF_8, type Letters } from '../files/letters.js';

export interface RawLine {
  /** Without the line break; undefined when it is too long to be held. */
  bytes: Buffer | undefined;
  /** Offset in the file, of the first byte and of the first byte after the line break. */
  from: number;
  to: number;
}

const MAX_LINE_BYTES = 8 * 1024 * 1024; // a text of 1 MiB as JSON with every character escaped

/** The lines of a file from an offset on; the last one needs no line break. Holds one line in memory, and none too long. */
export async function* rawLines(
  file: Pick<FileToRead, 'chunks'>,
  offset: number,
  letters: Letters = UTF_8,
): AsyncGenerator<RawLine, undefined> {
  let unfinished: Buffer[] = [];
  let from = offset;
  let length = 0;
  const take = (piece: Buffer) => {
    length += piece.length;
    if (length > MAX_LINE_BYTES) unfinished = [];
    else unfinished.push(piece);
  };
  const line = (to: number): RawLine => {
    const bytes = length > MAX_LINE_BYTES ? undefined : withoutReturn(Buffer.concat(unfinished), letters);
    const whole = { bytes, from, to };
    [unfinished, from, length] = [[], to, 0];
    return whole;
  };
  for await (const chunk of file.chunks(offset)) {
    let at = 0;
    for (let end; (end = indexOfUnit(chunk, letters.lineEnd, at, letters)) >= 0; at = end + letters.unit) {
      take(chunk.subarray(at, end));
      yield line(from + length + letters.unit);
    }
    take(chunk.subarray(at));
  }
  if (length > 0) yield line(from + length);
}

function withoutReturn(bytes: Buffer, letters: Letters): Buffer {
  if (letters.lineEnd !== LINE_FEED || bytes.length < letters.unit) return bytes;
  const last = bytes.subarray(-letters.unit);
  return indexOfUnit(last, CARRIAGE_RETURN, 0, letters) === 0 ? bytes.subarray(0, -letters.unit) : bytes;
}
