import { CancellationScope, condition } from '@temporalio/workflow';
import type { OutputPart } from '../../domain/batch/batch-page.js';
import type { OutputState } from '../../domain/batch/batch-state.js';
import { OrderedParts } from '../../domain/batch/ordered-parts.js';

const WRITE_EVERY_MS = 1_000;

/** Writes parts that come in any order in the order of their items, some at a time. */
export class OrderedOutput {
  private bytes: number;
  private readonly parts: OrderedParts;
  /** Why nothing can be written any more. */
  failure: Error | undefined;

  constructor(state: OutputState) {
    this.bytes = state.bytes;
    this.parts = new OrderedParts(state);
  }

  put(ordinal: number, part: OutputPart): void {
    this.parts.put(ordinal, part);
  }

  /** Whether it can take more before what is missing has come. */
  hasRoom(): boolean {
    return this.parts.hasRoom();
  }

  state(): OutputState {
    return { bytes: this.bytes, ...this.parts.state() };
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
        await condition(() => this.parts.isReady() || over);
        const parts = this.parts.takeReady();
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
}
