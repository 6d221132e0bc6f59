import {
  CancellationScope,
  getExternalWorkflowHandle,
  isCancellation,
  startChild,
  workflowInfo,
} from '@temporalio/workflow';
import type { BatchInput } from '../../domain/batch/batch.js';
import {
  pageReport,
  type BatchState,
  type Grant,
  type OpenPage,
  type PageInput,
  type PageReport,
} from '../../domain/batch/batch-state.js';
import { emptyTally } from '../../domain/batch/tally.js';
import { parsedAs } from '../../domain/input.js';
import { behindPersons } from '../failover/plan-of-many.js';
import type { batchPage } from './batch-page.js';
import { grantedSignal } from './messages.js';

/** Pages that still have texts to begin: the one that does, and one that is read meanwhile. */
const PAGES_AHEAD = 2;
/** Pages that are over and wait behind one that is not: more would not fit into what one run hands to the next. */
const MAX_PAGES_OVER = 2_000;

/**
 * Which pages of a batch are under way, and how many texts and how much money each may have. One page begins texts at a
 * time; those before it only wait for their last ones, and give back what they do not need.
 */
export class Pages {
  /** Why no more is begun. */
  failure: { type: string; message: string } | undefined;
  private isCancelled = false;

  constructor(
    private readonly input: BatchInput,
    private readonly state: BatchState,
  ) {}

  /** @param told what came over the wire as the report of a page */
  hear(told: unknown): void {
    const parsed = parsedAs(pageReport, told);
    if ('problem' in parsed) return;
    const report = parsed.value;
    const page = this.state.open.find(({ number }) => number === report.number);
    if (page) this.take(page, report);
  }

  /** @returns what to do next; undefined while there is nothing */
  next(): (() => Promise<void>) | undefined {
    if (this.failure) return undefined;
    const { cursor } = this.state;
    const ahead = this.state.open.filter(({ isBegun }) => !isBegun);
    if (cursor && ahead.length < PAGES_AHEAD && this.state.over.length < MAX_PAGES_OVER)
      return () => this.start(cursor);
    const [page] = ahead;
    const grant = page && this.grantFor(page);
    return grant && (() => this.grant(page, grant));
  }

  isOver(): boolean {
    return this.state.cursor === undefined && this.state.open.length === 0;
  }

  async cancel(): Promise<void> {
    this.isCancelled = true;
    const cancelling = this.state.open.map(async ({ number, workflowId }) => {
      await getExternalWorkflowHandle(workflowId)
        .cancel()
        .catch((error: unknown) => {
          this.lost(number, error);
        });
    });
    await Promise.all(cancelling);
  }

  /** Finds out which pages ended without a report: those that an earlier run started tell their end to nobody. */
  async look(): Promise<void> {
    for (const page of [...this.state.open]) await this.grant(page, { texts: 0, usd: 0, isFirst: page.isFirst });
  }

  private take(page: OpenPage, { next, begun, freed, ended }: PageReport): void {
    if (next !== undefined && !page.isRead) {
      page.isRead = true;
      if (next) this.state.cursor = next;
    }
    if (begun) page.isBegun = true;
    if (freed) {
      page.texts -= Math.min(freed.texts, page.texts);
      page.usd -= Math.min(freed.usd, page.usd);
      this.state.leftUsd += freed.usd;
    }
    if (!ended) return;
    const { failure, spentUsd = page.usd, ...kept } = ended;
    this.state.leftUsd += Math.max(0, page.usd - spentUsd); // what it was given too late to give it back
    this.state.open.splice(this.state.open.indexOf(page), 1);
    this.state.over.push({ number: page.number, ...kept });
    this.failure ??= failure;
    if (kept.isWhole || this.isCancelled) return;
    this.failure ??= { type: 'PageLost', message: `page ${page.number} was cancelled by itself` };
  }

  private async start(cursor: NonNullable<BatchState['cursor']>): Promise<void> {
    const { opened, candidates } = this.state;
    const { workflowId: batchId } = workflowInfo();
    const number = this.state.pages++;
    const workflowId = `${batchId}/page/${opened.tag}-${number}`;
    delete this.state.cursor; // the page tells where the next one begins
    const input: PageInput = { number, batch: this.input, opened, cursor, ...(candidates && { candidates }) };
    this.state.open.push({ number, workflowId, isRead: false, isBegun: false, texts: 0, usd: 0, isFirst: false });
    // It is cancelled by hand, and tells its end.
    const starting = CancellationScope.nonCancellable(async () => {
      const child = await startChild<typeof batchPage>('batchPage', {
        workflowId,
        args: [input],
        parentClosePolicy: 'ABANDON', // the others apply at continue-as-new too
        priority: behindPersons(batchId),
        staticSummary: `page ${number}, from line ${cursor.line}`,
      });
      child.result().catch((error: unknown) => {
        this.lost(number, error);
      });
    });
    await starting.catch((error: unknown) => {
      this.lost(number, error);
    });
  }

  /** A page that ended without a report: somebody terminated it, or there was another of its name. */
  private lost(number: number, error: unknown): void {
    const page = this.state.open.find((each) => each.number === number);
    if (!page) return;
    const failure = { type: 'PageLost', message: `page ${number} ended by itself: ${String(error)}` };
    this.take(page, { number, ended: { bytes: 0, isWhole: false, tally: emptyTally(), failure } });
  }

  private grantFor(page: OpenPage): Grant | undefined {
    const texts = this.input.concurrency - this.state.open.reduce((sum, each) => sum + each.texts, 0);
    const usd = this.state.candidates ? this.state.leftUsd : 0;
    const isFirst = this.state.open[0] === page;
    const isNews = texts > 0 || usd > 0 || (this.state.candidates && isFirst !== page.isFirst);
    return isNews ? { texts: Math.max(0, texts), usd, isFirst } : undefined;
  }

  private async grant(page: OpenPage, grant: Grant): Promise<void> {
    page.texts += grant.texts;
    page.usd += grant.usd;
    page.isFirst = grant.isFirst;
    this.state.leftUsd -= grant.usd;
    await getExternalWorkflowHandle(page.workflowId)
      .signal(grantedSignal, grant)
      .catch((error: unknown) => {
        if (!isCancellation(error)) this.lost(page.number, error); // it is over; what it told before has come before this
      });
  }
}
