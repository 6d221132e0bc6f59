import { createReadStream } from 'node:fs';

export interface RawLine {
  /** Without the line break; undefined when it is too long to be held. */
  bytes: Buffer | undefined;
  /** Offset in the file, of the first byte and of the first byte after the line break. */
  from: number;
  to: number;
}

const LONGEST_LINE_BYTES = 8 * 1024 * 1024; // a text of 1 MiB as JSON with every character escaped
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** The lines of a file from an offset on; the last one needs no line break. Holds one line in memory, and none too long. */
export async function* rawLines(path: string, offset: number): AsyncGenerator<RawLine, undefined> {
  let begun: Buffer[] = [];
  let from = offset;
  let length = 0;
  const take = (piece: Buffer) => {
    length += piece.length;
    if (length > LONGEST_LINE_BYTES) begun = [];
    else begun.push(piece);
  };
  const line = (to: number): RawLine => {
    const bytes = length > LONGEST_LINE_BYTES ? undefined : withoutReturn(Buffer.concat(begun));
    const whole = { bytes, from, to };
    [begun, from, length] = [[], to, 0];
    return whole;
  };
  for await (const chunk of createReadStream(path, { start: offset }) as AsyncIterable<Buffer>) {
    let at = 0;
    for (let end; (end = chunk.indexOf(LINE_FEED, at)) >= 0; at = end + 1) {
      take(chunk.subarray(at, end));
      yield line(from + length + 1);
    }
    take(chunk.subarray(at));
  }
  if (length > 0) yield line(from + length);
}

function withoutReturn(bytes: Buffer): Buffer {
  return bytes.at(-1) === CARRIAGE_RETURN ? bytes.subarray(0, -1) : bytes;
}
