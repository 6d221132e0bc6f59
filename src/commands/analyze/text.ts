import { fstatSync, readFileSync } from 'node:fs';
import { isBlank, MAX_TEXT_BYTES, utf8In } from '../../domain/text.js';
import { UsageError } from '../terminal/errors.js';

/** Temporal's limit is 2 MiB for all of an input; some room is for the rest of it. */
const MAX_PAYLOAD_BYTES = 2 * 1024 * 1024 - 4_096;

/**
 * The text to analyze, from the argument, a file (`-`: standard input), or what is piped in.
 * @throws UsageError when there is none, or it is not a text we can take
 */
export function textFrom(argument: string | undefined, file: string | undefined): string {
  if (argument !== undefined && file !== undefined) throw new UsageError('give a text or --file, not both');
  const from = file ?? (argument === undefined && isPipedIn() ? '-' : undefined);
  const source = from === undefined ? 'the text' : from === '-' ? 'standard input' : from;
  const bytes = from === undefined ? Buffer.from(argument ?? '') : read(from);
  if (argument === undefined && file === undefined && bytes.length === 0) {
    throw new UsageError('no text: give one as an argument, with --file F, or pipe one in');
  }
  if (bytes.length > MAX_TEXT_BYTES) {
    throw new UsageError(`${source} has ${bytes.length} bytes; the limit is ${MAX_TEXT_BYTES} (1 MiB)`);
  }
  const text = utf8In(bytes);
  if (text === undefined || text.includes('\0')) throw new UsageError(`${source} is not text (UTF-8 expected)`);
  if (isBlank(text)) throw new UsageError(`${source} is empty`);
  const encoded = Buffer.byteLength(JSON.stringify(text));
  if (encoded > MAX_PAYLOAD_BYTES) {
    throw new UsageError(
      `${source} takes ${encoded} bytes as JSON, more than the ${MAX_PAYLOAD_BYTES} that Temporal carries`,
    );
  }
  return text;
}

/** Not from a terminal, where a person would have to know that they are to type, nor from nowhere. */
function isPipedIn(): boolean {
  try {
    const stdin = fstatSync(0);
    return stdin.isFIFO() || stdin.isFile() || stdin.isSocket();
  } catch {
    return false; // it is closed
  }
}

function read(file: string): Buffer {
  try {
    return readFileSync(file === '-' ? 0 : file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why: Record<string, string> = { ENOENT: 'no such file', EISDIR: 'expected a file, it is a directory' };
    throw new UsageError(`cannot read ${file}: ${why[code ?? ''] ?? code ?? String(error)}`);
  }
}
