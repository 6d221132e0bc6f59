import { constants, createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { OutputPart } from '../../domain/batch/batch-page.js';
import { invalidInput } from '../input/invalid-input.js';

/**
 * Writes parts one after the other from an offset on. The same bytes go to the same place however often it is done, so
 * an attempt that was given up and still comes through does no harm; for the same reason nothing is cut off here.
 * @param previous the file that stretches are copied from
 * @returns the offset behind the last part
 */
export async function writeAt(
  path: string,
  offset: number,
  parts: readonly OutputPart[],
  previous: string | undefined,
): Promise<number> {
  const file = await open(path, constants.O_WRONLY | constants.O_NOFOLLOW);
  try {
    if ((await file.stat()).size < offset) throw invalidInput(`${path} was cut while the batch ran`);
    let at = offset;
    const write = async (bytes: Buffer) => {
      const { bytesWritten } = await file.write(bytes, 0, bytes.length, at);
      if (bytesWritten < bytes.length) throw new Error(`${path} takes no more: the disk is full`); // tried again
      at += bytes.length;
    };
    for (const part of parts) {
      if (typeof part === 'string') await write(Buffer.from(part));
      else if (previous !== undefined) {
        const [start, end] = part;
        const stretch = createReadStream(previous, { start, end: end - 1 }) as AsyncIterable<Buffer>;
        for await (const chunk of stretch) await write(chunk);
      }
    }
    await file.datasync(); // before the workflow forgets the lines
    return at;
  } finally {
    await file.close();
  }
}
