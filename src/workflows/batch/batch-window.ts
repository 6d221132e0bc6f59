import { CancellationScope, condition, workflowInfo } from '@temporalio/workflow';
import type { BatchActivities } from '../../activities/batch/batch-activities.js';
import type { Analysis } from '../../domain/analyze/analysis.js';
import { allowanceUsd } from '../../domain/batch/batch-budget.js';
import type { BatchInput } from '../../domain/batch/batch.js';
import type { BatchItem } from '../../domain/batch/batch-page.js';
import type { Plan } from '../../domain/failover/plan.js';
import { analyzedLine, failedLine, headOf, resultLineText, type ResultLine } from '../../domain/batch/result-line.js';
import type { TextUnderWay, WindowState } from '../../domain/batch/batch-state.js';
import { utf8Bytes } from '../../domain/text.js';
import { count, countAll, type Tally } from '../../domain/batch/tally.js';
import type { TextFailure } from '../../domain/failover/text-failure.js';
import type { PlanOfMany } from '../failover/plan-of-many.js';
import { analyzeText } from './batch-text.js';
import { OrderedOutput } from './ordered-output.js';
import { toTextFailure } from '../failover/text-failure.js';

/** The texts of a batch that are under way, never more than its concurrency, and what came of those before. */
export class Window {
  readonly output: OrderedOutput;
  readonly tally: Tally;
  readonly underWay: Set<TextUnderWay>;
  private begun: number;
  private spentUsd: number;

  constructor(
    private readonly input: BatchInput,
    private readonly carried: WindowState,
    private readonly awaitAnalysis: BatchActivities['awaitAnalysis'],
    private readonly plan: PlanOfMany,
  ) {
    ({ tally: this.tally, begun: this.begun, spentUsd: this.spentUsd } = carried);
    this.output = new OrderedOutput(carried.output);
    this.underWay = new Set(carried.underWay);
    for (const text of this.underWay) void this.follow(text, () => this.rejoin(text));
  }

  /** Begins an item as soon as there is room for it. */
  async take(item: BatchItem): Promise<void> {
    if ('kept' in item) {
      await this.until(() => this.output.hasRoom());
      countAll(this.tally, item.tally);
      this.output.put(this.begun++, item.kept);
    } else if ('bad' in item) {
      await this.until(() => this.output.hasRoom());
      this.settle(
        this.begun++,
        failedLine(item, { type: 'BadLine', message: `line ${item.line}: ${item.bad}`, attempts: [], atMostUsd: 0 }),
      );
    } else {
      const bytes = utf8Bytes(item.text);
      await this.until(() => this.hasRoom() && this.allowance(bytes) !== 'wait');
      const plan = await this.plan.now();
      this.start(item, bytes, this.allowance(bytes), plan);
    }
  }

  /** Whether everything that was begun in this run is known to the server, and so goes on when the run ends. */
  allStarted(): boolean {
    return [...this.underWay].every(({ started }) => started);
  }

  state(): WindowState {
    const { tally, begun, spentUsd } = this;
    return { ...this.carried, tally, begun, spentUsd, output: this.output.state(), underWay: [...this.underWay] };
  }

  /** @throws what keeps the output from being written: then no more text is paid for */
  private async until(ready: () => boolean): Promise<void> {
    await condition(() => this.output.failure !== undefined || ready());
    if (this.output.failure !== undefined) throw this.output.failure;
  }

  private start(
    item: Extract<BatchItem, { text: string }>,
    bytes: number,
    allowance: number | 'wait' | 'never' | undefined,
    plan: Plan,
  ): void {
    const { line, text, hash } = item;
    const ordinal = this.begun++;
    const head = headOf(item);
    if (typeof allowance === 'string') {
      const message = `what is left of $${this.input.maxCostUsd ?? 0} does not pay for one call`;
      this.settle(ordinal, failedLine(head, { type: 'BudgetExceeded', message, attempts: [], atMostUsd: 0 }));
      return;
    }
    // The text is part of it: a line that was mended is another run. Pages read by an earlier version have no hash.
    const workflowId = `${workflowInfo().workflowId}/${line}${hash === undefined ? '' : `-${hash}`}`;
    const begun: TextUnderWay = {
      ordinal,
      head,
      workflowId,
      started: false,
      sinceMs: Date.now(),
      bytes,
      reservedUsd: allowance ?? 0,
    };
    this.underWay.add(begun);
    const input = { text, plan, ...(allowance !== undefined && { maxCostUsd: allowance }) };
    const { retry: rejoins = false } = this.input;
    void this.follow(begun, () => analyzeText(begun, { input, rejoins, awaitAnalysis: this.awaitAnalysis }));
  }

  /** A text that an earlier run of this batch began: its end is not told to this one, so an activity waits for it. */
  private rejoin({ workflowId, runId }: TextUnderWay): Promise<Analysis | TextFailure> {
    return this.awaitAnalysis(workflowId, runId).catch(toTextFailure);
  }

  private async follow(text: TextUnderWay, end: () => Promise<Analysis | TextFailure>): Promise<void> {
    const outcome = await end().catch(defectIn);
    this.underWay.delete(text);
    this.spentUsd += this.spentBy(outcome, text);
    if (CancellationScope.current().consideredCancelled && 'type' in outcome) return; // it has no result, nor will it
    this.settle(text.ordinal, 'type' in outcome ? failedLine(text.head, outcome) : analyzedLine(text.head, outcome));
  }

  private settle(ordinal: number, line: ResultLine): void {
    count(this.tally, line);
    this.output.put(ordinal, resultLineText(line));
  }

  private hasRoom(): boolean {
    return this.underWay.size < this.input.concurrency && this.output.hasRoom();
  }

  private allowance(textBytes: number): number | 'wait' | 'never' | undefined {
    const { candidates } = this.carried;
    const { maxCostUsd, concurrency } = this.input;
    if (!candidates || maxCostUsd === undefined) return undefined;
    const reservedUsd = [...this.underWay].reduce((sum, { reservedUsd }) => sum + reservedUsd, 0);
    const freeUsd = maxCostUsd - this.spentUsd - reservedUsd;
    return allowanceUsd(candidates, textBytes, { freeUsd, underWay: this.underWay.size, concurrency });
  }

  /** A run without a trail may have spent all that it was given. */
  private spentBy({ atMostUsd }: Analysis | TextFailure, { reservedUsd }: TextUnderWay): number {
    return this.carried.candidates ? Math.min(atMostUsd ?? Infinity, reservedUsd) : 0;
  }
}

function defectIn(error: unknown): TextFailure {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  return { type: name, message, attempts: [], atMostUsd: null, trailLost: true };
}
