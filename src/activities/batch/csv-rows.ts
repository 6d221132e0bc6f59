import { createReadStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { parse } from 'csv-parse';
import { rawLines } from './raw-lines.js';

export interface Row {
  /** As they stand in the file, unquoted; undefined for a line whose quote is never closed. */
  cells: Buffer[] | undefined;
  /** Offset of the first byte after the row. */
  to: number;
}

/** A text of 1 MiB with every quote doubled, and room for other columns. */
const LONGEST_ROW_BYTES = 4 * 1024 * 1024;

/**
 * The rows of a CSV file from an offset on, where a row begins. A quote that is never closed would make one row of the
 * rest: it spoils its own line only, and reading goes on behind it.
 */
export async function* csvRows(path: string, offset: number, delimiter: string): AsyncGenerator<Row, undefined> {
  for (let from: number | undefined = offset; from !== undefined;) {
    const unclosed: number | undefined = yield* closedRows(path, from, delimiter);
    from = undefined;
    if (unclosed === undefined) return;
    for await (const { to } of rawLines(path, unclosed)) {
      yield { cells: undefined, to };
      from = to;
      break;
    }
  }
}

/** @returns where a row begins that does not end; undefined when all rows end */
async function* closedRows(
  path: string,
  offset: number,
  delimiter: string,
): AsyncGenerator<Row, number | undefined, undefined> {
  const rows: Row[] = [];
  let [readTo, parsedTo] = [offset, offset];
  const parser = parse({
    bom: offset === 0,
    delimiter,
    encoding: null,
    record_delimiter: ['\r\n', '\n'],
    relax_column_count: true,
    relax_quotes: true,
    skip_records_with_error: true,
    on_record: (cells: unknown, { bytes }) => {
      parsedTo = offset + bytes;
      rows.push({ cells: cells as Buffer[], to: parsedTo }); // not decoded: `encoding: null`
      return null; // the parser need not keep it
    },
  });
  for await (const chunk of createReadStream(path, { start: offset }) as AsyncIterable<Buffer>) {
    parser.write(chunk);
    readTo += chunk.length;
    yield* rows.splice(0);
    if (readTo - parsedTo > LONGEST_ROW_BYTES) return parsedTo;
  }
  parser.end();
  await finished(parser.resume());
  yield* rows.splice(0);
  return parsedTo < readTo ? parsedTo : undefined;
}
