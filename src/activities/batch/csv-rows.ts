import type { FileToRead } from '../files/rooted.js';
import { scanRow, type Cell, type Csv } from './csv-scan.js';
import { textIn, type Letters } from '../files/letters.js';
import { rawLines } from './raw-lines.js';

export interface Row {
  /** Those that can be told; undefined for one that is not in the encoding of the file. */
  cells: (string | undefined)[];
  /** Why the cells cannot be relied on. */
  bad?: string;
  /** Offset of the first byte after the row. */
  to: number;
}

/** A text of 1 MiB with every quote doubled, and room for other columns. */
const MAX_ROW_BYTES = 4 * 1024 * 1024;

/**
 * The rows of a CSV file from an offset on, where a row begins. A quote that is never closed would make one row of the
 * rest: it spoils its own line only, and reading goes on behind it.
 */
export async function* csvRows(file: FileToRead, offset: number, csv: Csv): AsyncGenerator<Row, undefined> {
  for (let from: number | undefined = offset; from !== undefined;) {
    const unclosed: number | undefined = yield* closedRows(file, from, csv);
    from = undefined;
    if (unclosed === undefined) return;
    for await (const { to } of rawLines(file, unclosed, csv.letters)) {
      yield { cells: [], bad: 'a quote is never closed, or its row is too long to be read', to };
      from = to;
      break;
    }
  }
}

/** @returns where a row begins that does not end; undefined when all rows end */
async function* closedRows(file: FileToRead, offset: number, csv: Csv): AsyncGenerator<Row, number | undefined> {
  let held: Buffer = Buffer.alloc(0);
  let heldFrom = offset;
  function* rowsIn(isLast: boolean): Generator<Row> {
    let at = 0;
    while (at < held.length) {
      const row = scanRow(held, at, csv, isLast);
      if (row === 'more') break;
      at = row.to;
      const cells = row.cells.map((cell) => textOf(cell, held, csv.letters));
      yield { cells, to: heldFrom + at, ...('bad' in row && { bad: row.bad }) };
    }
    held = held.subarray(at);
    heldFrom += at;
  }
  let wanted = 0;
  for await (const chunk of file.chunks(offset)) {
    held = Buffer.concat([held, chunk]);
    if (held.length < wanted) continue; // a long row is looked at only when it has doubled
    yield* rowsIn(false);
    if (held.length > MAX_ROW_BYTES) return heldFrom;
    wanted = held.length > chunk.length ? Math.min(2 * held.length, MAX_ROW_BYTES) : 0;
  }
  yield* rowsIn(true);
  return held.length >= csv.letters.unit ? heldFrom : undefined;
}

function textOf({ from, to, quoted }: Cell, bytes: Buffer, letters: Letters): string | undefined {
  const text = textIn(bytes.subarray(from, to), letters);
  if (quoted === undefined) return text;
  return quoted === 'doubled'
    ? text?.replaceAll('""', '"')
    : text?.replace(/\\([\\"])|""/g, (_, one?: string) => one ?? '"');
}
