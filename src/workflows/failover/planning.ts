import { proxyLocalActivities } from '@temporalio/workflow';
import type { PlanActivities } from '../../activities/failover/plan-route.js';
import type { Plan, PlanRequest } from '../../domain/failover/plan.js';

/** Asks this worker for the order to try; a local activity, so it costs no trip to the server. */
export function planRoute(request: PlanRequest): Promise<Plan> {
  const { 'understudy.planRoute': plan } = proxyLocalActivities<Pick<PlanActivities, 'understudy.planRoute'>>({
    startToCloseTimeout: '10s',
  });
  return plan(request);
}
