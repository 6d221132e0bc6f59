import type { Opened, WrittenPage } from '../../domain/batch/batch-page.js';
import {
  resultLineText,
  sameResultAs,
  toResultLine,
  toSameLine,
  type ResultLine,
} from '../../domain/batch/result-line.js';
import { count, emptyTally, type Tally } from '../../domain/batch/tally.js';
import { oneLine } from '../../domain/text.js';
import type { FileToRead, Root } from '../files/rooted.js';
import { invalidInput } from '../input/invalid-input.js';
import { requireOurs } from './open-batch.js';
import { rawLines } from './raw-lines.js';
import { partOf, requireWhole } from './write-parts.js';
import { upTo, type WrittenLines } from './written-lines.js';

export interface Appended {
  /** Of the output by now. */
  bytes: number;
  /** Of the lines that were copied. */
  tally: Tally;
}

/**
 * Copies the lines of pages to the output, from an offset on, and puts in the results of texts that were analyzed on a
 * line before. The same bytes go to the same place however often it is done.
 */
export async function appendPages(
  root: Root,
  opened: Opened,
  offset: number,
  pages: readonly WrittenPage[],
  written: WrittenLines,
): Promise<Appended> {
  const tally = emptyTally();
  return root.write(opened.output, 'there', async (output) => {
    await requireOurs(output);
    requireWhole(output, offset);
    const lately = new Map<number, ResultLine>(); // of the pages that are copied now
    let bytes = offset;
    for (const { number, bytes: partBytes } of pages) {
      if (partBytes === 0) continue;
      const text = await root.read(partOf(opened, number), async (part) => {
        requireWhole(part, partBytes);
        return linesOf(part, partBytes);
      });
      const whole = Buffer.from(text);
      await output.writeAt(bytes, whole);
      bytes += whole.length;
    }
    await output.sync(); // before the workflow forgets the parts
    return { bytes, tally };

    async function linesOf(part: FileToRead, end: number): Promise<string> {
      const texts: string[] = [];
      for await (const { bytes: raw } of rawLines(upTo(part, end), 0)) {
        const json = raw?.toString() ?? '';
        const same = toSameLine(json);
        const line = same ? sameResultAs(same, await resultOf(same.sameAs)) : toResultLine(json);
        if (!line) throw invalidInput(`${oneLine(part.path)} was changed while the batch ran`);
        lately.set(line.line, line);
        count(tally, line);
        texts.push(same ? resultLineText(line) : `${json}\n`);
      }
      return texts.join('');
    }

    async function resultOf(line: number): Promise<ResultLine> {
      const now = lately.get(line);
      if (now) return now;
      const found = toResultLine((await written.find(output, line, offset)) ?? '');
      if (found) return found;
      throw invalidInput(`${oneLine(output.path)} was changed while the batch ran: line ${line} is not there`);
    }
  });
}
