import { CancellationScope, condition } from '@temporalio/workflow';
import type { BatchState } from '../../domain/batch/batch-state.js';
import { countAll } from '../../domain/batch/tally.js';
import type { filesOn } from './files.js';

/** Of one append. */
const MAX_PAGES = 8;

/** Puts the lines of pages that are over into the output, in the order of the pages, even when the batch is cancelled. */
export class Output {
  /** Why nothing can be written any more. */
  failure: unknown;
  private isOver = false;
  private isWriting = false;

  constructor(
    private readonly state: BatchState,
    private readonly files: ReturnType<typeof filesOn>,
    private readonly publish: () => void,
  ) {}

  /** Writes what is ready, from now until {@link all}. */
  async write(): Promise<void> {
    await CancellationScope.nonCancellable(async () => {
      for (;;) {
        await condition(() => this.ready().length > 0 || this.isOver);
        const pages = this.ready();
        if (pages.length === 0) return;
        this.isWriting = true;
        await this.append(pages);
        this.isWriting = false;
      }
    }).catch((error: unknown) => {
      this.isWriting = false;
      this.failure = error;
    });
  }

  /** Settles when all that is ready is written. */
  async all(): Promise<void> {
    this.isOver = true;
    await condition(() => this.failure !== undefined || (!this.isWriting && this.ready().length === 0));
  }

  /** Those that are next, up to the first that is not whole: what comes after it would not be in order. */
  private ready(): BatchState['over'] {
    const pages: BatchState['over'] = [];
    for (let number = this.state.nextInOutput; pages.length < MAX_PAGES; number += 1) {
      const page = this.state.over.find((each) => each.number === number);
      if (!page) break;
      pages.push(page);
      if (!page.isWhole) break;
    }
    return pages;
  }

  private async append(pages: BatchState['over']): Promise<void> {
    const { state } = this;
    const { opened, bytes, copied } = state;
    const written = pages.map(({ number, bytes }) => ({ number, bytes }));
    const { bytes: end, tally } = await this.files.appendPages(opened, bytes, written, copied);
    state.bytes = end;
    countAll(state.tally, tally);
    state.copied = written.map(({ number }) => number);
    const last = pages.at(-1);
    state.nextInOutput = last?.isWhole === false ? Infinity : state.nextInOutput + pages.length;
    state.over = state.over.filter((page) => !pages.includes(page));
    this.publish();
  }
}
