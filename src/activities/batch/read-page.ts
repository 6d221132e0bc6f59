import { createHash } from 'node:crypto';
import {
  MAX_PAGE_ITEMS,
  type BatchItem,
  type BatchSource,
  type Cursor,
  type Page,
} from '../../domain/batch/batch-page.js';
import { headOf, toResultLine, type ResultLine } from '../../domain/batch/result-line.js';
import { count, emptyTally } from '../../domain/batch/tally.js';
import { oneLine } from '../../domain/text.js';
import { withRecords } from './input-records.js';
import { KnownLines, type Firsts } from './known-lines.js';
import { toItem, type InputRecord } from './input-text.js';
import type { FileToRead, Root } from '../files/rooted.js';
import { invalidInput } from '../input/invalid-input.js';
import { rawLines } from './raw-lines.js';

/** As JSON; with a longest text behind them they still fit into one message. */
const PAGE_BYTES = 256 * 1024;
/** Kept lines make no items; a page of them ends nevertheless. */
const PAGE_RECORDS = 10_000;
const INPUTS_REMEMBERED = 4;

/**
 * Reads pages of inputs. To find duplicate ids and equal texts it remembers those that came before; on a worker that does
 * not know them, after a restart or in a fleet, it first reads what it has missed.
 */
export function pageReader(): (root: Root, source: BatchSource, cursor: Cursor) => Promise<Page> {
  const known = new Map<string, KnownLines>();

  /** Nobody else has it until it is given back: of two attempts at one page the later one reads for itself. */
  async function knownBefore(key: string, cursor: Cursor, recordsFrom: RecordsFrom): Promise<KnownLines> {
    const before = known.get(key) ?? new KnownLines();
    known.delete(key);
    const entry = cursor.line === 1 || before.isAhead(cursor) ? new KnownLines() : before;
    if (entry.readTo.line < cursor.line) {
      for await (const record of recordsFrom(entry.readTo)) {
        if (record.line >= cursor.line) break;
        entry.firstsOf(record);
      }
    }
    // The files of a folder may be others by now than those that the pages before have read.
    return entry.isAt(cursor) ? entry : new KnownLines(cursor);
  }

  return (root, source, cursor) =>
    withRecords(root, source, async (recordsFrom, file) => {
      if (file) requireUnchanged(file, source);
      const key = JSON.stringify(source);
      const entry = await knownBefore(key, cursor, recordsFrom);
      const take = (kept?: FileToRead) => pageOf(recordsFrom(cursor), { source, cursor, entry, kept });
      const page = await (source.previous === undefined ? take() : root.read(source.previous, take));
      known.set(key, entry); // the last used is the last to go
      const [oldest] = known.keys();
      if (known.size > INPUTS_REMEMBERED && oldest !== undefined) known.delete(oldest);
      return page;
    });
}

type RecordsFrom = (cursor: Cursor) => AsyncGenerator<InputRecord, void>;

interface About {
  source: BatchSource;
  cursor: Cursor;
  entry: KnownLines;
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
    const firsts = entry.firstsOf(record);
    const result = await kept.next();
    const from = next.previousOffset ?? 0;
    const to = result.value?.to ?? from;
    next = {
      ...record.next,
      ...(source.previous !== undefined && { previousOffset: to }),
      ...(source.format === 'folder' && { digest: entry.digest }),
    };
    const item = itemFor(record, firsts, source);
    if (isKept(result.value?.line, item, source)) keep(items, from, to, result.value.line);
    else {
      items.push(item);
      bytes += Buffer.byteLength(JSON.stringify(item));
    }
    records += 1;
    if (items.length >= (source.pageItems ?? MAX_PAGE_ITEMS) || bytes >= PAGE_BYTES || records >= PAGE_RECORDS)
      return { items, next };
  }
  return { items };
}

type LineItem = Exclude<BatchItem, { kept: unknown }>;

function itemFor({ said, line }: InputRecord, first: Firsts, source: BatchSource): LineItem {
  if (first.id < line && said.id !== undefined) {
    const { id, idIsNumber } = said;
    return { line, id, ...(idIsNumber && { idIsNumber }), bad: `duplicate id: it is that of line ${first.id}` };
  }
  const item = toItem(line, said);
  if (!('text' in item)) return item;
  if (isSharing(source) && first.text < line) return { ...headOf(item), sameAs: first.text };
  return { ...item, hash: hashOf(item.text) };
}

/** Where results are kept of an input that may have been changed since, a line may have another text than its result. */
function isSharing({ dedupe, previous, mended, format }: BatchSource): boolean {
  const isChanged = mended === true || (previous !== undefined && format === 'folder');
  return dedupe !== false && !isChanged;
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
  { line, id, idIsNumber }: LineItem,
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
