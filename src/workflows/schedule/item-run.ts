import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { executeChild, proxyActivities, workflowInfo, type ChildWorkflowOptions } from '@temporalio/workflow';
import type { RecurringActivities } from '../../activities/schedule/recurring-activities.js';
import type { AskAllOneOfMany, Asked, AskedAll, AskOneOfMany } from '../../domain/ask/asked.js';
import { failedResultBody, resultBodyOf, type TextResult, type ResultBody } from '../../domain/batch/result-line.js';
import type { Plan } from '../../domain/failover/plan.js';
import type { TextFailure } from '../../domain/failover/text-failure.js';
import type { Item } from '../../domain/schedule/reading.js';
import { RECURRING_TASK_QUEUE, recurringIdOf, type RecurringInput } from '../../domain/schedule/recurring.js';
import { oneLine } from '../../domain/text.js';
import type { analyze } from '../analyze/analyze.js';
import { behindPersons } from '../failover/plan-of-many.js';
import { toTextFailure } from '../failover/text-failure.js';

const { awaitEarlierRun } = proxyActivities<RecurringActivities>({
  taskQueue: RECURRING_TASK_QUEUE,
  startToCloseTimeout: '30d', // an outage of a day is waited for
  heartbeatTimeout: '8s',
});

/** What came of an item. */
export interface ItemOutcome {
  body: ResultBody;
  /** Why it has no result. */
  failure?: TextFailure;
  /** Of this run; what an earlier one has paid for costs nothing. US dollars; null when not known. */
  costUsd: number | null;
  /** Never too little. US dollars. */
  mostSpentUsd: number;
}

interface Limits {
  plan: Plan;
  /** US dollars. */
  leftUsd: number | undefined;
}

/** Analyzes an item, or asks the tasks that its schedule names of it, once, in a run of its own. */
export async function itemRun(input: RecurringInput, item: Item, text: string, limits: Limits): Promise<ItemOutcome> {
  const { outcome, isEarlier } = await resultOf(input, item, text, limits);
  const failed = 'type' in outcome;
  const body = failed ? failedResultBody(outcome) : resultBodyOf(outcome);
  return {
    body,
    ...(failed && { failure: outcome }),
    costUsd: isEarlier ? 0 : body.costUsd,
    // A run that ended without a trail may have spent all that it was allowed.
    mostSpentUsd: isEarlier ? 0 : Math.min(limits.leftUsd ?? 0, outcome.atMostUsd ?? Infinity),
  };
}

async function resultOf(
  { schedule, tasks, deadlineMs }: RecurringInput,
  { key, about }: Item,
  text: string,
  { plan, leftUsd }: Limits,
): Promise<{ outcome: TextResult | TextFailure; isEarlier: boolean }> {
  const workflowId = `${recurringIdOf(schedule)}/${key}`;
  const title = about.title ?? about.path;
  const input = {
    text,
    plan,
    ...(leftUsd !== undefined && { maxCostUsd: leftUsd }),
    ...(deadlineMs !== undefined && { deadlineMs }),
  };
  const options = {
    workflowId,
    workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
    priority: behindPersons(workflowInfo().workflowId),
    staticSummary: title === undefined ? `${text.length} characters` : oneLine(title, MAX_SUMMARY_CHARS),
  } satisfies ChildWorkflowOptions;
  try {
    if (!tasks)
      return {
        outcome: await executeChild<typeof analyze>('analyze', { ...options, args: [input] }),
        isEarlier: false,
      };
    const [task, ...others] = tasks;
    const asked = task !== undefined && others.length === 0 ? { task } : { tasks };
    return {
      outcome: await executeChild<Ask>('ask', { ...options, args: [{ ...asked, ...input }] }),
      isEarlier: false,
    };
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError))
      return { outcome: toTextFailure(error), isEarlier: false };
    return { outcome: await awaitEarlierRun(workflowId), isEarlier: true };
  }
}

/** The workflow `ask`, for one task or for several. */
type Ask = (input: AskOneOfMany | AskAllOneOfMany) => Promise<Asked | AskedAll>;

/** Temporal's limit is 400 bytes. */
const MAX_SUMMARY_CHARS = 90;
