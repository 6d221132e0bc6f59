import type { BatchSource } from '../../domain/batch/batch-page.js';
import { oneLine } from '../../domain/text.js';
import type { FileToRead } from '../files/rooted.js';
import { invalidInput } from '../input/invalid-input.js';
import { csvRows } from './csv-rows.js';
import type { Csv } from './csv-scan.js';
import { lettersOf, textIn, type Letters } from '../files/letters.js';
import { rawLines } from './raw-lines.js';

/** How a CSV is to be read, and where its rows begin. */
export interface CsvHeader {
  csv: Csv;
  columns: string[];
  firstRow: { offset: number; line: number };
}

const DELIMITERS = [',', ';', '\t', '|'];
const MAX_COLUMNS = 10_000;

/**
 * Reads the header. What stands between the cells is what the person says, else what a first line `sep=;` says, as
 * spreadsheets write it, else the one with which the header has the column of the texts.
 */
export async function csvHeader(file: FileToRead, source: BatchSource): Promise<CsvHeader> {
  const letters = await lettersOf(file, source.encoding);
  const declared = await declaredDelimiter(file, letters);
  const begin = declared ? { offset: declared.to, line: 2 } : { offset: letters.begin, line: 1 };
  const named = source.delimiter ?? declared?.delimiter;
  const possible = named !== undefined ? [named] : file.path.toLowerCase().endsWith('.tsv') ? ['\t'] : DELIMITERS;
  const headers: CsvHeader[] = [];
  for (const delimiter of possible) headers.push(await headerWith(file, { letters, delimiter, begin }));
  const found = headers.find(({ columns }) => columns.includes(source.textColumn)) ?? headers[0];
  if (found === undefined) throw new Error('no delimiter to try');
  return found;
}

async function headerWith(
  file: FileToRead,
  { letters, delimiter, begin }: { letters: Letters; delimiter: string; begin: CsvHeader['firstRow'] },
): Promise<CsvHeader> {
  const csv: Csv = { letters, delimiter: delimiter.charCodeAt(0), columns: undefined };
  for await (const { cells, bad, to } of csvRows(file, begin.offset, csv)) {
    if (bad !== undefined || cells.length > MAX_COLUMNS || cells.some((cell) => cell === undefined)) break;
    const columns = cells.map((cell = '') => cell.trim());
    return { csv: { ...csv, columns: cells.length }, columns, firstRow: { offset: to, line: begin.line + 1 } };
  }
  throw invalidInput(`${oneLine(file.path)}: the first line is no CSV header`);
}

async function declaredDelimiter(file: FileToRead, letters: Letters) {
  for await (const { bytes, to } of rawLines(file, letters.begin, letters)) {
    const [, delimiter] = /^"?sep=(.)"?$/i.exec(bytes && bytes.length < 40 ? (textIn(bytes, letters) ?? '') : '') ?? [];
    return delimiter !== undefined && delimiter.charCodeAt(0) < 0x80 ? { delimiter, to } : undefined;
  }
  return undefined;
}
