import { CancellationScope, condition } from '@temporalio/workflow';
import { allowanceUsd } from '../../domain/batch/batch-budget.js';
import { tasksOf, type PageStatus } from '../../domain/batch/batch.js';
import type { BatchItem, OutputPart } from '../../domain/batch/batch-page.js';
import type { Grant, PageInput } from '../../domain/batch/batch-state.js';
import { failedLine, headOf, resultLineText, sameLineText, type ResultLine } from '../../domain/batch/result-line.js';
import { count, countAll, emptyTally, type Tally } from '../../domain/batch/tally.js';
import { utf8Bytes } from '../../domain/text.js';
import { PlanOfMany } from '../failover/plan-of-many.js';
import { textRun, type TextItem } from './text-run.js';

interface UnderWay {
  sinceMs: number;
  /** What it may spend at most. US dollars. */
  reservedUsd: number;
}

/** Takes longer than an answer should. */
const WAITS_AFTER_MS = 10_000;

/** The texts of one page: those under way, never more than it was given, and what came of the others. */
export class PageTexts {
  private given = 0;
  private givenUsd = 0;
  private spentUsd = 0;
  private isFirst = false;
  private expected = Infinity;
  private readonly underWay = new Set<UnderWay>();
  private readonly plan: PlanOfMany;
  private readonly tally: Tally = emptyTally();
  /** In the order of the items; empty where a result is to come. */
  private readonly parts: (OutputPart | undefined)[] = [];

  constructor(
    private readonly input: PageInput,
    private readonly batchId: string,
  ) {
    this.plan = new PlanOfMany(tasksOf(input.batch));
  }

  grant({ texts, usd, isFirst }: Grant): void {
    this.given += texts;
    this.givenUsd += usd;
    this.isFirst = isFirst;
  }

  /** @param items that the page has */
  expect(items: number): void {
    this.expected = items;
  }

  /** Begins an item as soon as there is room for it. */
  async take(item: BatchItem): Promise<void> {
    const ordinal = this.parts.push(undefined) - 1;
    if ('kept' in item) {
      countAll(this.tally, item.tally);
      this.parts[ordinal] = item.kept;
    } else if ('sameAs' in item) {
      this.parts[ordinal] = sameLineText(headOf(item), item.sameAs);
    } else if ('bad' in item) {
      this.settle(ordinal, lineWithoutRun(item, 'BadLine', `line ${item.line}: ${item.bad}`));
    } else {
      await this.begin(ordinal, item);
    }
  }

  /** Gives back what is not used. */
  freed(): Pick<Grant, 'texts' | 'usd'> {
    const freed = { texts: this.idle(), usd: this.freeUsd() };
    this.given -= freed.texts;
    this.givenUsd -= freed.usd;
    return freed;
  }

  idle(): number {
    return Math.max(0, this.given - this.underWay.size);
  }

  isIdle(): boolean {
    return this.underWay.size === 0;
  }

  status(): PageStatus {
    const waiting = [...this.underWay].filter(({ sinceMs }) => Date.now() - sinceMs > WAITS_AFTER_MS).length;
    return { tally: this.tally, underWay: this.underWay.size, waiting };
  }

  /** What can be written: all that comes before the first that has no result. */
  written(): { parts: OutputPart[]; isWhole: boolean; tally: Tally; spentUsd: number } {
    const missing = this.parts.indexOf(undefined);
    const parts = (missing < 0 ? this.parts : this.parts.slice(0, missing)) as OutputPart[];
    const isWhole = parts.length === this.expected;
    return { parts, isWhole, tally: this.tally, spentUsd: this.spentUsd };
  }

  private async begin(ordinal: number, item: TextItem): Promise<void> {
    const bytes = utf8Bytes(item.text);
    await condition(() => this.idle() > 0 && this.mayBegin(bytes));
    const allowance = this.allowance(bytes);
    if (typeof allowance === 'string') {
      const message = `what is left of $${this.input.batch.maxCostUsd ?? 0} does not pay for one call`;
      this.settle(ordinal, lineWithoutRun(item, 'BudgetExceeded', message));
      return;
    }
    const reserved: UnderWay = { sinceMs: Date.now(), reservedUsd: allowance ?? 0 };
    this.underWay.add(reserved);
    void this.run(ordinal, item, reserved, allowance);
  }

  private async run(
    ordinal: number,
    item: TextItem,
    reserved: UnderWay,
    maxCostUsd: number | undefined,
  ): Promise<void> {
    const { batch, opened } = this.input;
    const how = { batchId: this.batchId, batch, filesQueue: opened.queue, plan: this.plan, maxCostUsd };
    const { line, atMostUsd, failed } = await textRun(item, how);
    this.underWay.delete(reserved);
    // A run without a trail may have spent all that it was given.
    this.spentUsd += this.input.candidates ? Math.min(atMostUsd ?? Infinity, reserved.reservedUsd) : 0;
    if (CancellationScope.current().consideredCancelled && failed) return; // it has no result, nor will it
    this.settle(ordinal, line);
  }

  private settle(ordinal: number, line: ResultLine): void {
    count(this.tally, line);
    this.parts[ordinal] = resultLineText(line);
  }

  /** Without money for even one call it waits for what pages before may give back. */
  private mayBegin(textBytes: number): boolean {
    const allowance = this.allowance(textBytes);
    return allowance !== 'wait' && (allowance !== 'never' || this.isFirst);
  }

  private allowance(textBytes: number): number | 'wait' | 'never' | undefined {
    const { candidates, batch } = this.input;
    if (!candidates) return undefined;
    const { concurrency } = batch;
    const underWay = this.underWay.size;
    return allowanceUsd(candidates, textBytes, { freeUsd: this.freeUsd(), underWay, concurrency });
  }

  private freeUsd(): number {
    const reservedUsd = [...this.underWay].reduce((sum, { reservedUsd }) => sum + reservedUsd, 0);
    return Math.max(0, this.givenUsd - this.spentUsd - reservedUsd);
  }
}

function lineWithoutRun(item: BatchItem & { line: number; id: string | number }, type: string, message: string) {
  return failedLine(headOf(item), { type, message, attempts: [], atMostUsd: 0 });
}
