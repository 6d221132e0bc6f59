import type { OutputPart } from './batch-page.js';
import type { OutputState } from './batch-state.js';

const WRITE_CHARS = 256 * 1024;
const MOST_EARLY = 2_000;
const MOST_EARLY_CHARS = 512 * 1024;

/** Puts parts that come in any order into the order of their items. */
export class OrderedParts {
  private next: number;
  private readonly early: Map<number, OutputPart>;
  private earlyChars: number;

  constructor({ next, early }: Pick<OutputState, 'next' | 'early'>) {
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

  isReady(): boolean {
    return this.early.has(this.next);
  }

  /** @returns the parts that come next, as many as fit one write; none while the first of them is missing */
  takeReady(): OutputPart[] {
    const parts: OutputPart[] = [];
    for (let chars = 0; chars < WRITE_CHARS; this.next += 1) {
      const part = this.early.get(this.next);
      if (part === undefined) break;
      this.early.delete(this.next);
      this.earlyChars -= part.length;
      chars += part.length;
      parts.push(part);
    }
    return parts;
  }

  state(): Pick<OutputState, 'next' | 'early'> {
    return { next: this.next, early: [...this.early] };
  }
}
