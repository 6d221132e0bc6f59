import { basename, dirname, join } from 'node:path';
import type { Opened, OutputPart } from '../../domain/batch/batch-page.js';
import { oneLine } from '../../domain/text.js';
import type { FileToRead, Root } from '../files/rooted.js';
import { invalidInput } from '../input/invalid-input.js';
import { requireOurs } from './open-batch.js';

/** Where the lines of a page stand until those before them are written: a hidden file beside the output. */
export function partOf({ output, tag }: Opened, page: number): string {
  return join(dirname(output), `.${basename(output)}.${tag}-${page}.part`);
}

/**
 * Writes parts one after the other from an offset on. The same bytes go to the same place however often it is done, so
 * an attempt that was given up and still comes through does no harm; for the same reason nothing is cut off here.
 * @returns the offset behind the last part
 */
export async function writePart(
  root: Root,
  { opened, page }: { opened: Opened; page: number },
  offset: number,
  parts: readonly OutputPart[],
): Promise<number> {
  const { previous } = opened.source;
  if (previous === undefined) return written(undefined);
  return root.read(previous, async (kept) => {
    await requireOurs(kept);
    return written(kept);
  });

  function written(kept: FileToRead | undefined): Promise<number> {
    return root.write(partOf(opened, page), 'either', async (file) => {
      await requireOurs(file);
      requireWhole(file, offset);
      let at = offset;
      const write = async (bytes: Buffer) => {
        await file.writeAt(at, bytes);
        at += bytes.length;
      };
      for (const part of parts) {
        if (typeof part === 'string') await write(Buffer.from(part));
        else if (kept) for await (const chunk of kept.chunks(...part)) await write(chunk);
      }
      await file.sync(); // before the workflow forgets the lines
      return at;
    });
  }
}

export async function removeParts(root: Root, opened: Opened, pages: readonly number[]): Promise<void> {
  for (const page of pages) await root.remove(partOf(opened, page));
}

/**
 * Cuts off what an attempt before has written too much; the output of a retry takes the place of the results before it.
 * @param bytes of all results
 */
export async function closeOutput(root: Root, { output, source }: Opened, bytes: number): Promise<void> {
  const { previous } = source;
  if (previous !== undefined && !(await isThere(root, output))) return; // closed before
  await root.write(output, 'there', async (file) => {
    await requireOurs(file);
    requireWhole(file, bytes);
    await file.cut(bytes);
    await file.sync();
  });
  if (previous === undefined) return;
  await root.read(previous, requireOurs);
  await root.replace(output, previous);
}

function isThere(root: Root, path: string): Promise<boolean> {
  return root.look(path).then(
    () => true,
    () => false,
  );
}

export function requireWhole({ path, bytes }: FileToRead, offset: number): void {
  if (bytes < offset) throw invalidInput(`${oneLine(path)} was cut while the batch ran`);
}
