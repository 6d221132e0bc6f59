import { createHash } from 'node:crypto';
import type { Cursor } from '../../domain/batch/batch-page.js';
import { FirstLines } from './first-lines.js';
import type { InputRecord } from './input-text.js';

/** The first line with the id of a record, and the first with its text; its own where there is none before. */
export interface Firsts {
  id: number;
  text: number;
}

const DIGEST_CHARS = 32;

/** What this worker has read of an input: on which line each id, and each text, stood first. */
export class KnownLines {
  private readonly ids = new FirstLines();
  private readonly texts = new FirstLines();
  private to: Cursor;
  /** Of all records before, in turn. */
  digest: string;

  /** @param from where it begins to read; nothing before is known */
  constructor(from: Cursor = { offset: 0, line: 1 }) {
    this.to = from;
    this.digest = from.digest ?? '';
  }

  /** All records before were read, or are not known. */
  get readTo(): Cursor {
    return this.to;
  }

  firstsOf({ said, line, next }: InputRecord): Firsts {
    const id = said.id === undefined ? line : this.ids.firstLineOf(said.id, line);
    const isAnalyzed = 'text' in said && id === line;
    const text = isAnalyzed ? this.texts.firstLineOf(said.text, line) : line;
    if (line >= this.to.line) {
      this.to = next;
      this.digest = digestOf([this.digest, line, said]);
    }
    return { id, text };
  }

  /** Whether all before a page is known as the pages before have read it. */
  isAt({ digest }: Cursor): boolean {
    return digest === undefined || digest === this.digest;
  }

  /** Whether it has read on from a page of a folder, which may have other files now. */
  isAhead(cursor: Cursor): boolean {
    const { line, digest } = cursor;
    return digest !== undefined && (this.to.line > line || (this.to.line === line && !this.isAt(cursor)));
  }
}

function digestOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('base64url').slice(0, DIGEST_CHARS);
}
