import type { FileToRead } from '../files/rooted.js';
import { rawLines } from './raw-lines.js';

const OUTPUTS_REMEMBERED = 4;

interface Known {
  /** Where each line begins; the lines of an output have the numbers of those of its input, one after the other. */
  offsets: number[];
  firstLine: number;
  readTo: number;
}

const LINE_NUMBER = /^\{"line":(\d{1,16}),/;

/**
 * Finds lines of an output that are written. Reads it once, from where it had read to, and remembers where lines begin: 8
 * bytes for each.
 */
export class WrittenLines {
  private readonly known = new Map<string, Known>();

  /** @param end of what is certainly written. Bytes. @returns undefined where there is no such line */
  async find(file: FileToRead, line: number, end: number): Promise<string | undefined> {
    const found = await this.look(file, line, end);
    if (found !== undefined || !this.known.delete(nameOf(file))) return found;
    return this.look(file, line, end); // what was remembered may be of results that were begun anew
  }

  private async look(file: FileToRead, line: number, end: number): Promise<string | undefined> {
    const entry = await this.readOn(file, end);
    const at = line - entry.firstLine;
    const from = entry.offsets[at];
    if (from === undefined) return undefined;
    for await (const { bytes } of rawLines(upTo(file, entry.offsets[at + 1] ?? end), from)) {
      const text = bytes?.toString();
      return Number(LINE_NUMBER.exec(text ?? '')?.[1]) === line ? text : undefined;
    }
    return undefined;
  }

  private async readOn(file: FileToRead, end: number): Promise<Known> {
    const name = nameOf(file);
    let entry = this.known.get(name);
    if (!entry || entry.readTo > end) entry = { offsets: [], firstLine: 1, readTo: 0 };
    this.known.delete(name);
    this.known.set(name, entry); // the last used is the last to go
    const [oldest] = this.known.keys();
    if (this.known.size > OUTPUTS_REMEMBERED && oldest !== undefined) this.known.delete(oldest);
    for await (const { bytes, from, to } of rawLines(upTo(file, end), entry.readTo)) {
      if (from === 0) entry.firstLine = Number(LINE_NUMBER.exec(bytes?.toString() ?? '')?.[1] ?? 1);
      entry.offsets.push(from);
      entry.readTo = to;
    }
    return entry;
  }
}

function nameOf({ path, madeAtMs }: FileToRead): string {
  return `${path}\n${madeAtMs}`;
}

/** A file as if it ended there. */
export function upTo(file: FileToRead, end: number): Pick<FileToRead, 'chunks'> {
  return { chunks: (from) => file.chunks(from, end) };
}
