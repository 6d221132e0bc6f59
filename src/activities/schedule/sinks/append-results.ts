import { EndpointError } from '../../../domain/schedule/endpoint-error.js';
import type { Delivery } from '../../../domain/schedule/delivery.js';
import { oneLine } from '../../../domain/text.js';
import type { FileToRead, Root } from '../../files/rooted.js';
import { invalidInput } from '../../input/invalid-input.js';
import { oneAtATime } from './one-at-a-time.js';

/** A line of ours begins with its id. */
const LINE_BEGINNING = '{"id":"';
const LINE_HEAD = /^\{"id":("(?:[^"\\]|\\.)*")/;
/** Results have some kilobytes; what others wrote may be longer. */
const MAX_LINE_BYTES = 16 * 1024 * 1024;

/**
 * Adds each result to a JSONL file, once: what is there already, from an attempt or a run before, is left as it is. A line
 * that a killed worker left unfinished is taken away first.
 * @throws ApplicationFailure of type `InvalidInput` for a path outside the root, or a file of something else
 */
export async function appendResults(files: Root, path: string, deliveries: readonly Delivery[]): Promise<void> {
  await oneAtATime(await files.place(path), () =>
    files.write(path, 'either', async (file) => {
      const missing = new Map(deliveries.map((delivery) => [delivery.id, delivery]));
      const { end, rest } = await withoutThoseIn(file, missing);
      const isWhole = isJson(rest.toString());
      if (isWhole) takeOut(rest.toString(), missing);
      else requireUnfinished(rest.toString(), path);
      const from = isWhole ? end + rest.length : end;
      const added = [...missing.values()].map((delivery) => `${JSON.stringify(delivery)}\n`);
      await file.cut(from);
      await file.writeAt(from, Buffer.from([...(isWhole ? ['\n'] : []), ...added].join(''))).catch((error: unknown) => {
        throw error instanceof Error ? new EndpointError('Unreachable', error.message) : error;
      });
      await file.sync(); // before the workflow forgets the results
    }),
  );
}

/**
 * What stands behind the last line break may be a line of ours that a killed worker left unfinished.
 * @throws ApplicationFailure of type `InvalidInput` when it is not: then the file is somebody else's
 */
function requireUnfinished(rest: string, path: string): void {
  if (rest.startsWith(LINE_BEGINNING) || LINE_BEGINNING.startsWith(rest)) return;
  throw invalidInput(`${oneLine(path)} is no file of results: its last line is not JSON; name another`);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * Takes those out that the file has.
 * @returns where its last line break ends, in bytes, and what stands behind it
 */
async function withoutThoseIn(
  file: FileToRead,
  missing: Map<string, Delivery>,
): Promise<{ end: number; rest: Buffer }> {
  let end = 0;
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of file.chunks(0)) {
    rest = Buffer.concat([rest, chunk]);
    const lineEnd = rest.lastIndexOf(10) + 1;
    for (const line of rest.subarray(0, lineEnd).toString().split('\n')) takeOut(line, missing);
    end += lineEnd;
    rest = rest.subarray(lineEnd);
    if (rest.length > MAX_LINE_BYTES) throw invalidInput(`${oneLine(file.path)} is no file of results: name another`);
  }
  return { end, rest };
}

function takeOut(line: string, missing: Map<string, Delivery>): void {
  const [, id] = LINE_HEAD.exec(line) ?? [];
  if (id !== undefined) missing.delete(JSON.parse(id) as string);
}
