import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { executeChild, proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { RecurringActivities } from '../../activities/schedule/recurring-activities.js';
import type { Analysis } from '../../domain/analyze/analysis.js';
import type { Plan } from '../../domain/failover/plan.js';
import {
  RECURRING_TASK_QUEUE,
  recurringIdOf,
  type Delivery,
  type Item,
  type RecurringInput,
} from '../../domain/schedule/recurring.js';
import { failedVerdict, verdictOf, type Verdict } from '../../domain/batch/result-line.js';
import { oneLine } from '../../domain/text.js';
import type { TextFailure } from '../../domain/failover/text-failure.js';
import type { analyze } from '../analyze/analyze.js';
import { behindPersons, type PlanOfMany } from '../failover/plan-of-many.js';
import { invalidInput } from '../input/checked-input.js';
import { fewAtATime } from '../few-at-a-time.js';
import { toTextFailure } from '../failover/text-failure.js';

const UNDER_WAY_AT_ONCE = 4;

const { awaitEarlierAnalysis } = proxyActivities<RecurringActivities>({
  taskQueue: RECURRING_TASK_QUEUE,
  startToCloseTimeout: '2h', // an analysis has an hour
  heartbeatTimeout: '8s',
});

/** What came of the items of a reading. */
export interface Analyzed {
  deliveries: Delivery[];
  /** Items that the budget left for the next run. */
  postponed: Item[];
  /** Of the whole run. US dollars; null when not known. */
  costUsd: number | null;
  /** The same with what is not certain at its worst: never too little. US dollars. */
  mostSpentUsd: number;
}

interface Spending extends Pick<Analyzed, 'costUsd' | 'mostSpentUsd'> {
  plan: PlanOfMany;
}

/**
 * Analyzes each item in a run of its own, once: its id is made of the schedule and the item, and what an earlier run has
 * analyzed, or still does, is taken from there. An analysis that fails is the error of its item.
 * @throws ApplicationFailure of type `InvalidInput` when no item can be analyzed this way: a budget without prices
 * @param spending what the run has spent before
 */
export async function analyzeItems(
  input: RecurringInput,
  items: readonly Item[],
  spending: Spending,
): Promise<Analyzed> {
  const { schedule, maxCostUsd } = input;
  const postponed: Item[] = [];
  let { costUsd, mostSpentUsd } = spending;

  async function verdictOn({ key, about, content }: Item): Promise<Verdict | undefined> {
    if ('error' in content) return failedVerdict({ ...content.error, attempts: [], atMostUsd: 0 });
    const leftUsd = maxCostUsd === undefined ? undefined : maxCostUsd - mostSpentUsd;
    if (postponed.length > 0 || (leftUsd !== undefined && leftUsd <= 0)) return undefined;
    const outcome = await analysisOf(
      `${recurringIdOf(schedule)}/${key}`,
      content.text,
      await spending.plan.now(),
      leftUsd,
      about.title ?? about.path,
    );
    if ('type' in outcome && outcome.type === 'InvalidInput') throw invalidInput(outcome.message); // about all items
    const verdict = 'summary' in outcome ? verdictOf(outcome) : failedVerdict(outcome);
    if (!outcome.earlier) {
      costUsd = costUsd === null || verdict.costUsd === null ? null : costUsd + verdict.costUsd;
      mostSpentUsd += mostSpentBy(outcome, leftUsd);
    }
    const overBudget = 'error' in verdict && verdict.error.type === 'BudgetExceeded';
    // With all of the budget before it, it will never fit: that is its result.
    return overBudget && leftUsd !== maxCostUsd ? undefined : verdict;
  }

  /** A run that ended without a trail may have spent all that it was allowed. */
  function mostSpentBy({ atMostUsd }: Analysis | TextFailure, allowedUsd = 0): number {
    return Math.min(allowedUsd, atMostUsd ?? Infinity);
  }

  // A budget is spent by one at a time, so that each knows what is left.
  const few = maxCostUsd === undefined ? UNDER_WAY_AT_ONCE : 1;
  const deliveries = await fewAtATime(few, items, async (item): Promise<Delivery[]> => {
    const { key, about, content } = item;
    const verdict = await verdictOn(item);
    if (verdict === undefined) postponed.push(item);
    const note = 'note' in content ? { note: content.note } : {};
    return verdict === undefined ? [] : [{ id: `${schedule}/${key}`, schedule, ...about, ...note, ...verdict }];
  });
  return { deliveries: deliveries.flat(), postponed, costUsd, mostSpentUsd };
}

async function analysisOf(
  workflowId: string,
  text: string,
  plan: Plan,
  maxCostUsd: number | undefined,
  title: string | undefined,
): Promise<(Analysis | TextFailure) & { /** An earlier run has paid for it. */ earlier?: true }> {
  try {
    return await executeChild<typeof analyze>('analyze', {
      workflowId,
      args: [{ text, plan, ...(maxCostUsd !== undefined && { maxCostUsd }) }],
      workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
      priority: behindPersons(workflowInfo().workflowId),
      staticSummary: title === undefined ? `${text.length} characters` : oneLine(title, MAX_SUMMARY_CHARS),
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) return toTextFailure(error);
    return { ...(await awaitEarlierAnalysis(workflowId)), earlier: true };
  }
}

/** Temporal's limit is 400 bytes. */
const MAX_SUMMARY_CHARS = 90;
