import { createHash } from 'node:crypto';
import type { Cursor, BatchItem, Page, BatchSource } from '../../domain/batch/batch-page.js';
import { toResultLine, type ResultLine } from '../../domain/batch/result-line.js';
import { count, emptyTally } from '../../domain/batch/tally.js';
import { oneLine } from '../../domain/text.js';
import { FirstLines } from './first-lines.js';
import { withRecords } from './input-records.js';
import { toItem, type InputRecord } from './input-text.js';
import type { FileToRead, Root } from '../files/rooted.js';
import { invalidInput } from '../input/invalid-input.js';
import { rawLines } from './raw-lines.js';

const PAGE_ITEMS = 200;
/** As JSON; with a longest text behind them they still fit into one message. */
const PAGE_BYTES = 256 * 1024;
/** Kept lines make no items; a page of them ends nevertheless. */
const PAGE_RECORDS = 10_000;
const INPUTS_REMEMBERED = 4;

/** What this worker has read of an input. */
interface Known {
  firstLines: FirstLines;
  /** All records before were told to `firstLines`. */
  readTo: Cursor;
}

/**
 * Reads pages of inputs. To find duplicate ids it remembers those that came before; on a worker that does not know them,
 * after a restart or in a fleet, it first reads what it has missed.
 */
export function pageReader(): (root: Root, source: BatchSource, cursor: Cursor) => Promise<Page> {
  const known = new Map<string, Known>();

  async function knownBefore(source: BatchSource, cursor: Cursor, recordsFrom: RecordsFrom): Promise<Known> {
    const key = JSON.stringify(source);
    const entry = known.get(key) ?? { firstLines: new FirstLines(), readTo: { offset: 0, line: 1 } };
    known.delete(key);
    known.set(key, entry); // the last used is the last to go
    const [oldest] = known.keys();
    if (known.size > INPUTS_REMEMBERED && oldest !== undefined) known.delete(oldest);
    if (entry.readTo.line < cursor.line) {
      for await (const record of recordsFrom(entry.readTo)) {
        if (record.line >= cursor.line) break;
        remember(entry, record);
      }
    }
    return entry;
  }

  return (root, source, cursor) =>
    withRecords(root, source, async (recordsFrom, file) => {
      if (file) requireUnchanged(file, source);
      const entry = file && (await knownBefore(source, cursor, recordsFrom)); // no two files of a folder share a name
      const take = (kept?: FileToRead) => pageOf(recordsFrom(cursor), { source, cursor, entry, kept });
      return source.previous === undefined ? take() : root.read(source.previous, take);
    });
}

type RecordsFrom = (cursor: Cursor) => AsyncGenerator<InputRecord, void>;

interface About {
  source: BatchSource;
  cursor: Cursor;
  entry: Known | undefined;
  kept: FileToRead | undefined;
}

async function pageOf(
  all: AsyncGenerator<InputRecord, void>,
  { source, cursor, entry, kept: file }: About,
): Promise<Page> {
  const kept = keptResults(file, cursor);
  const items: BatchItem[] = [];
  let [bytes, records, next] = [0, 0, cursor];
  for await (const record of all) {
    const first = entry ? remember(entry, record) : record.line;
    const result = await kept.next();
    const from = next.previousOffset ?? 0;
    const to = result.value?.to ?? from;
    next = { ...record.next, ...(source.previous !== undefined && { previousOffset: to }) };
    const item = itemFor(record, first);
    if (isKept(result.value?.line, item, source)) keep(items, from, to, result.value.line);
    else {
      items.push(item);
      bytes += Buffer.byteLength(JSON.stringify(item));
    }
    records += 1;
    if (items.length >= PAGE_ITEMS || bytes >= PAGE_BYTES || records >= PAGE_RECORDS) return { items, next };
  }
  return { items };
}

/** @returns the first line with the record's id */
function remember(entry: Known, { said, line, next }: InputRecord): number {
  const first = said.id === undefined ? line : entry.firstLines.firstLineOf(said.id, line);
  if (line >= entry.readTo.line) entry.readTo = next;
  return first;
}

function itemFor({ said, line }: InputRecord, first: number): ReturnType<typeof toItem> {
  if (first < line && said.id !== undefined) {
    const { id, idIsNumber } = said;
    return toItem(line, { id, ...(idIsNumber && { idIsNumber }), bad: `duplicate id: it is that of line ${first}` });
  }
  const item = toItem(line, said);
  return 'text' in item ? { ...item, hash: hashOf(item.text) } : item;
}

/** 40 bits: it only has to tell a text from the one that stood in its line before. */
function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 10);
}

function requireUnchanged({ path, bytes, modifiedAtMs }: FileToRead, { stamp }: BatchSource): void {
  if (!stamp || (bytes === stamp.bytes && modifiedAtMs === stamp.modifiedAtMs)) return;
  throw invalidInput(`${oneLine(path)} was changed while the batch ran`);
}

/** The lines of the results of an earlier run, one for each record. */
async function* keptResults(file: FileToRead | undefined, { previousOffset = 0 }: Cursor) {
  if (file === undefined) return undefined;
  for await (const { bytes, to } of rawLines(file, previousOffset)) {
    yield { line: bytes && toResultLine(bytes.toString()), to };
  }
  return undefined;
}

/** A result stays when it is one, and is that of this very line: somebody may have mended the input. */
function isKept(
  result: ResultLine | undefined,
  { line, id, idIsNumber }: ReturnType<typeof toItem>,
  { mended = false }: BatchSource,
): result is ResultLine {
  if (result === undefined || 'error' in result) return false;
  const same = result.line === line && result.id === id && result.idIsNumber === idIsNumber;
  return same && !(mended && id === line);
}

function keep(items: BatchItem[], from: number, to: number, result: ResultLine): void {
  let last = items.at(-1);
  if (!last || !('kept' in last)) {
    last = { kept: [from, from], tally: emptyTally() };
    items.push(last);
  }
  last.kept[1] = to;
  count(last.tally, result);
}
