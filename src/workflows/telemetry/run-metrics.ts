import { metricMeter, workflowInfo } from '@temporalio/workflow';
import type { Attempt } from '../../domain/attempt.js';
import type { Plan } from '../../domain/failover/plan.js';
import { answersIn, isFailedOver } from '../../domain/telemetry/run-facts.js';

/** What came of a run: `ok`, the type of its error, or `Cancelled`. */
export interface RunEnd {
  outcome: string;
  costUsd: number | null;
  atMostUsd: number | null;
}

interface Ran {
  attempts: readonly Attempt[];
  routes: Plan['routes'];
  durationMs: number;
}

/** Counts a run that ends. The SDK's meter leaves a replay out. */
export function countEnd({ outcome, costUsd, atMostUsd }: RunEnd, { attempts, routes, durationMs }: Ran): void {
  const { workflowType: workflow } = workflowInfo();
  const answers = answersIn(attempts, routes);
  const tags = { workflow, outcome, failed_over: String(isFailedOver(answers)) };
  metricMeter.createCounter('understudy_runs', '1', 'Runs that ended').add(1, tags);
  metricMeter
    .createHistogram('understudy_run_duration', 'float', 'seconds', 'From the start of a run to its end')
    .record(durationMs / 1_000, { workflow, outcome });
  const byRank = metricMeter.createCounter('understudy_answers', '1', "Answers, by the provider's place on its route");
  for (const { task, provider, rank } of answers) byRank.add(1, { task, provider, rank: String(rank) });
  if (costUsd === null || atMostUsd === null) return;
  const doubtful = Math.round((atMostUsd - costUsd) * 1_000_000);
  if (doubtful <= 0) return;
  metricMeter
    .createCounter(
      'understudy_possibly_paid_microdollars',
      '1',
      'What calls without a known end may have cost, at their worst',
    )
    .add(doubtful, { workflow });
}
