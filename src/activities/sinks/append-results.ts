import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { AccessError } from '../../domain/access.js';
import type { Delivery } from '../../domain/recurring.js';
import { placeInside } from '../inside-root.js';
import { oneAtATime } from './one-at-a-time.js';

/** A line of ours begins with its id. */
const LINE_HEAD = /^\{"id":("(?:[^"\\]|\\.)*")/;

/**
 * Adds each result to a JSONL file, once: what is there already, from an attempt or a run before, is left as it is. A line
 * that a killed worker left unfinished is taken away first.
 * @throws ApplicationFailure of type `InvalidInput` for a path outside the root
 */
export async function appendResults(root: string, path: string, deliveries: readonly Delivery[]): Promise<void> {
  const place = await placeInside(root, path);
  await oneAtATime(place, async () => {
    const file = await open(place, constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW, 0o644);
    try {
      const missing = new Map(deliveries.map((delivery) => [delivery.id, delivery]));
      const end = await withoutThoseIn(file, missing);
      await file.truncate(end);
      const lines = Buffer.from([...missing.values()].map((delivery) => `${JSON.stringify(delivery)}\n`).join(''));
      const { bytesWritten } = await file.write(lines, 0, lines.length, end);
      if (bytesWritten < lines.length) throw new AccessError('Unreachable', `${path} takes no more: the disk is full`);
      await file.datasync(); // before the workflow forgets the results
    } finally {
      await file.close();
    }
  });
}

/**
 * Takes those out that the file has.
 * @returns where its last whole line ends, in bytes
 */
async function withoutThoseIn(file: FileHandle, missing: Map<string, Delivery>): Promise<number> {
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
    for (const line of rest.subarray(0, lineEnd).toString().split('\n')) {
      const [, id] = LINE_HEAD.exec(line) ?? [];
      if (id !== undefined) missing.delete(JSON.parse(id) as string);
    }
    end += lineEnd;
    rest = rest.subarray(lineEnd);
  }
  return end;
}
