import { proxyLocalActivities } from '@temporalio/workflow';
import type { PlanActivities } from '../../activities/failover/plan-route.js';
import type { Candidate } from '../../domain/failover/plan.js';
import type { Task } from '../../domain/task.js';
import { requirePrices } from '../input/checked-input.js';

const { planRoute } = proxyLocalActivities<PlanActivities>({ startToCloseTimeout: '10s' });

/**
 * Whom a budget over many texts has to reckon with.
 * @throws ApplicationFailure of type `InvalidInput` when one of them has no price
 */
export async function pricedCandidates(): Promise<Record<Task, readonly Candidate[]>> {
  const { routes } = await planRoute(undefined);
  const { summarize, sentiment } = routes;
  requirePrices([...summarize.candidates, ...sentiment.candidates]);
  return { summarize: summarize.candidates, sentiment: sentiment.candidates };
}
