import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { AccessError } from '../../../domain/schedule/access.js';
import type { Delivery } from '../../../domain/schedule/recurring.js';
import { placeInside } from '../../files/inside-root.js';
import { invalidInput } from '../../input/invalid-input.js';
import { oneAtATime } from './one-at-a-time.js';

/** A line of ours begins with its id. */
const LINE_BEGINNING = '{"id":"';
const LINE_HEAD = /^\{"id":("(?:[^"\\]|\\.)*")/;

/**
 * Adds each result to a JSONL file, once: what is there already, from an attempt or a run before, is left as it is. A line
 * that a killed worker left unfinished is taken away first.
 * @throws ApplicationFailure of type `InvalidInput` for a path outside the root, or a file of something else
 */
export async function appendResults(root: string, path: string, deliveries: readonly Delivery[]): Promise<void> {
  const place = await placeInside(root, path);
  await oneAtATime(place, async () => {
    const file = await open(place, constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW, 0o644);
    try {
      const missing = new Map(deliveries.map((delivery) => [delivery.id, delivery]));
      const { end, rest } = await withoutThoseIn(file, missing);
      const isWhole = isJson(rest.toString());
      if (isWhole) takeOut(rest.toString(), missing);
      else requireUnfinished(rest.toString(), path);
      const from = isWhole ? end + rest.length : end;
      const added = [...missing.values()].map((delivery) => `${JSON.stringify(delivery)}\n`);
      const lines = Buffer.from([...(isWhole ? ['\n'] : []), ...added].join(''));
      await file.truncate(from);
      const { bytesWritten } = await file.write(lines, 0, lines.length, from);
      if (bytesWritten < lines.length) throw new AccessError('Unreachable', `${path} takes no more: the disk is full`);
      await file.datasync(); // before the workflow forgets the results
    } finally {
      await file.close();
    }
  });
}

/**
 * What stands behind the last line break may be a line of ours that a killed worker left unfinished.
 * @throws ApplicationFailure of type `InvalidInput` when it is not: then the file is somebody else's
 */
function requireUnfinished(rest: string, path: string): void {
  if (rest.startsWith(LINE_BEGINNING) || LINE_BEGINNING.startsWith(rest)) return;
  throw invalidInput(`${path} is no file of results: its last line is not JSON; name another`);
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
  file: FileHandle,
  missing: Map<string, Delivery>,
): Promise<{ end: number; rest: Buffer }> {
  let end = 0;
  let rest = Buffer.alloc(0);
  const { size } = await file.stat();
  const chunk = Buffer.alloc(1024 * 1024);
  for (let at = 0; at < size;) {
    const { bytesRead } = await file.read(chunk, 0, chunk.length, at);
    if (bytesRead === 0) break;
    at += bytesRead;
    rest = Buffer.concat([rest, chunk.subarray(0, bytesRead)]);
    const lineEnd = rest.lastIndexOf(10) + 1;
    for (const line of rest.subarray(0, lineEnd).toString().split('\n')) takeOut(line, missing);
    end += lineEnd;
    rest = rest.subarray(lineEnd);
  }
  return { end, rest };
}

function takeOut(line: string, missing: Map<string, Delivery>): void {
  const [, id] = LINE_HEAD.exec(line) ?? [];
  if (id !== undefined) missing.delete(JSON.parse(id) as string);
}
