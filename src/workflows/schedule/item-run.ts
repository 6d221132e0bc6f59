import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { executeChild, proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { RecurringActivities } from '../../activities/schedule/recurring-activities.js';
import type { Analysis } from '../../domain/analyze/analysis.js';
import type { Asked } from '../../domain/ask/asked.js';
import { failedVerdict, verdictOf } from '../../domain/batch/result-line.js';
import type { Plan } from '../../domain/failover/plan.js';
import type { TextFailure } from '../../domain/failover/text-failure.js';
import type { Answers, ItemVerdict } from '../../domain/schedule/delivery.js';
import type { Item } from '../../domain/schedule/reading.js';
import { RECURRING_TASK_QUEUE, recurringIdOf, type RecurringInput } from '../../domain/schedule/recurring.js';
import { oneLine } from '../../domain/text.js';
import { behindPersons } from '../failover/plan-of-many.js';
import { toTextFailure } from '../failover/text-failure.js';

const { awaitEarlierRun } = proxyActivities<RecurringActivities>({
  taskQueue: RECURRING_TASK_QUEUE,
  startToCloseTimeout: '30d', // an outage of a day is waited for
  heartbeatTimeout: '8s',
});

/** What came of an item. */
export interface ItemOutcome {
  verdict: ItemVerdict;
  /** Why it has no result. */
  failure?: TextFailure;
  /** Of this run; what an earlier one has paid for costs nothing. US dollars; null when not known. */
  costUsd: number | null;
  /** Never too little. US dollars. */
  mostSpentUsd: number;
}

type Limits = Pick<RecurringInput, 'deadlineMs'> & { /** US dollars. */ leftUsd: number | undefined; plan: Plan };

/** Analyzes an item, or asks for the tasks that its schedule names, each once, in runs of their own. */
export async function itemRun(input: RecurringInput, item: Item, text: string, limits: Limits): Promise<ItemOutcome> {
  const workflowId = `${recurringIdOf(input.schedule)}/${item.key}`;
  if (input.tasks === undefined) {
    const { outcome, ...spent } = await runOf('analyze', workflowId, item, { text }, limits);
    return 'summary' in outcome ? { verdict: verdictOf(outcome), ...spent } : failedBy(outcome, spent);
  }
  const answers: Answers = { answers: {}, providers: {}, costUsd: 0 };
  const spent = { costUsd: 0 as number | null, mostSpentUsd: 0 };
  for (const task of input.tasks) {
    const leftUsd = limits.leftUsd === undefined ? undefined : Math.max(limits.leftUsd - spent.mostSpentUsd, LEAST_USD);
    const asked = { task, text };
    const { outcome, ...more } = await runOf('ask', `${workflowId}/${task}`, item, asked, { ...limits, leftUsd });
    spent.costUsd = sum(spent.costUsd, more.costUsd);
    spent.mostSpentUsd += more.mostSpentUsd;
    if (!('value' in outcome)) return failedBy(outcome, spent, `${task}: `);
    answers.answers[task] = outcome.value;
    answers.providers[task] = outcome.attempts.findLast((each) => each.outcome === 'ok')?.provider ?? '';
    answers.costUsd = sum(answers.costUsd, outcome.costUsd);
    if (outcome.degraded) answers.degraded = true;
  }
  return { verdict: answers, ...spent };
}

/** A run takes no budget of nothing; with this one it says what it lacks. US dollars. */
const LEAST_USD = 1e-9;

type Done = Analysis | Asked | TextFailure;
type Spent = Pick<ItemOutcome, 'costUsd' | 'mostSpentUsd'>;

/** @param about what failed, in front of the message */
function failedBy(outcome: Done, spent: Spent, about = ''): ItemOutcome {
  const failure = 'type' in outcome ? outcome : NO_RESULT;
  return { verdict: failedVerdict({ ...failure, message: about + failure.message }), failure, ...spent };
}

/** Something else has taken the id of the run. */
const NO_RESULT = {
  type: 'NoResult',
  message: 'a run of its id gave another kind of result',
  attempts: [],
  atMostUsd: 0,
};

async function runOf(
  type: 'analyze' | 'ask',
  workflowId: string,
  { about }: Item,
  asked: { text: string; task?: string },
  { plan, deadlineMs, leftUsd }: Limits,
): Promise<Spent & { outcome: Done }> {
  const title = about.title ?? about.path;
  const limits = {
    ...(leftUsd !== undefined && { maxCostUsd: leftUsd }),
    ...(deadlineMs !== undefined && { deadlineMs }),
  };
  let outcome: Done;
  try {
    outcome = (await executeChild(type, {
      workflowId,
      args: [{ ...asked, plan, ...limits }],
      workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
      priority: behindPersons(workflowInfo().workflowId),
      staticSummary: title === undefined ? `${asked.text.length} characters` : oneLine(title, MAX_SUMMARY_CHARS),
    })) as Analysis | Asked;
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError)
      return { outcome: await awaitEarlierRun(workflowId), costUsd: 0, mostSpentUsd: 0 };
    outcome = toTextFailure(error);
  }
  const costUsd = 'type' in outcome ? failedVerdict(outcome).costUsd : outcome.costUsd;
  // A run that ended without a trail may have spent all that it was allowed.
  return { outcome, costUsd, mostSpentUsd: Math.min(leftUsd ?? 0, outcome.atMostUsd ?? Infinity) };
}

export function sum(one: number | null, other: number | null): number | null {
  return one === null || other === null ? null : one + other;
}

/** Temporal's limit is 400 bytes. */
const MAX_SUMMARY_CHARS = 90;
