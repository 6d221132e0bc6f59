import { CancellationScope, condition } from '@temporalio/workflow';
import type { OutputPart } from '../../domain/batch/batch-page.js';

/** Carried over when the history is cut. */
export interface OutputState {
  /** Bytes that are written. */
  bytes: number;
  /** Ordinal of the item whose part is written next. */
  next: number;
  /** Parts that wait for those before them. */
  early: [ordinal: number, part: OutputPart][];
}

const WRITE_EVERY_MS = 1_000;
const WRITE_BYTES = 256 * 1024;
const MOST_EARLY = 2_000;
const MOST_EARLY_CHARS = 512 * 1024;

/** Puts parts that come in any order into the order of their items, and writes them, some at a time. */
export class OrderedOutput {
  private bytes: number;
  private next: number;
  private readonly early: Map<number, OutputPart>;
  private earlyChars: number;
  /** Why nothing can be written any more. */
  failure: Error | undefined;

  constructor({ bytes, next, early }: OutputState) {
    this.bytes = bytes;
    this.next = next;
    this.early = new Map(early);
    this.earlyChars = early.reduce((sum, [, part]) => sum + part.length, 0);
  }

  put(ordinal: number, part: OutputPart): void {
    this.early.set(ordinal, part);
    this.earlyChars += part.length;
  }

  /** Whether it can take more before what is missing has come. */
  hasRoom(): boolean {
    return this.early.size < MOST_EARLY && this.earlyChars < MOST_EARLY_CHARS;
  }

  state(): OutputState {
    return { bytes: this.bytes, next: this.next, early: [...this.early] };
  }

  /**
   * Writes what is ready from now on, even when the batch is cancelled.
   * @param writeAt gives the offset behind what it wrote
   * @returns `all` writes what is ready, and settles when it is written; call it when nothing more will be put
   */
  write(writeAt: (offset: number, parts: OutputPart[]) => Promise<number>): { all: () => Promise<void> } {
    let over = false;
    const writing = CancellationScope.nonCancellable(async () => {
      for (;;) {
        await condition(() => this.early.has(this.next) || over);
        const parts = this.takeReady();
        if (parts.length === 0) return;
        this.bytes = await writeAt(this.bytes, parts);
        await condition(() => over || !this.hasRoom(), WRITE_EVERY_MS); // so that one write takes many lines
      }
    });
    writing.catch((error: unknown) => {
      this.failure = error instanceof Error ? error : new Error(String(error));
    });
    return {
      all: () => {
        over = true;
        return writing;
      },
    };
  }

  private takeReady(): OutputPart[] {
    const parts: OutputPart[] = [];
    for (let chars = 0; chars < WRITE_BYTES; this.next += 1) {
      const part = this.early.get(this.next);
      if (part === undefined) break;
      this.early.delete(this.next);
      this.earlyChars -= part.length;
      chars += part.length;
      parts.push(part);
    }
    return parts;
  }
}
