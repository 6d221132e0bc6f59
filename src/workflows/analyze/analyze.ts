import { proxyLocalActivities, setHandler, workflowInfo } from '@temporalio/workflow';
import type { PlanActivities } from '../../activities/failover/plan-route.js';
import type { Analysis, AnalyzeInput } from '../../domain/analyze/analysis.js';
import { totalCostUsd } from '../../domain/attempt.js';
import { TASKS } from '../../domain/task.js';
import { via } from '../failover/ask-provider.js';
import { Budget } from '../budget/budget.js';
import { fieldsOf, invalidInput, positive, requirePrices } from '../input/checked-input.js';
import { firstAnswer } from '../failover/first-answer.js';
import { reopenedSignal, retryNowSignal, statusQuery } from '../messages.js';
import { Run } from '../failover/run.js';
import { summarizeText } from './summarize-text.js';

const { planRoute } = proxyLocalActivities<PlanActivities>({ startToCloseTimeout: '10s' });

/**
 * Summarizes a text with one provider, then judges the summary's sentiment with another; when one fails, the other
 * takes over.
 * @throws ApplicationFailure whose type says why no answer came; its first detail is `{ attempts }`
 */
export async function analyze(input: AnalyzeInput): Promise<Analysis> {
  const { text, routes: asked, deadlineMs, maxCostUsd } = checked(input);
  const run = new Run(deadlineMs, new Budget(maxCostUsd));
  setHandler(statusQuery, () => run.status());
  setHandler(retryNowSignal, () => {
    run.wake();
  });
  setHandler(reopenedSignal, (provider, spreadMs) => {
    run.reopened(provider, spreadMs);
  });

  const { routes, skipped } = await planRoute(asked);
  const candidates = [...routes.summarize.candidates, ...routes.sentiment.candidates];
  if (maxCostUsd !== undefined) requirePrices(candidates);
  run.skip(skipped);

  run.enter('summarize');
  const summary = await summarizeText(run, routes.summarize, { text, from: 0 });
  run.enter('sentiment');
  const sentiment = await firstAnswer(run, {
    ...routes.sentiment,
    task: 'sentiment',
    text: summary,
    ask: (call) => via('sentiment', call).sentiment({ text: summary }),
  });
  run.enter('done');

  const { workflowId, runId } = workflowInfo();
  const { attempts } = run;
  const local = candidates.filter((each) => each.local).map(({ provider }) => provider);
  return {
    workflowId,
    runId,
    summary,
    sentiment,
    attempts,
    costUsd: totalCostUsd(attempts),
    degraded: attempts.some(({ outcome, provider }) => outcome === 'ok' && local.includes(provider)),
  };
}

function checked(input: AnalyzeInput) {
  const { text, deadlineMs, maxCostUsd, routes } = fieldsOf(input);
  if (typeof text !== 'string' || text.trim() === '') throw invalidInput('text: expected a text that is not empty');
  return {
    text,
    deadlineMs: positive(deadlineMs, 'deadlineMs', 'milliseconds'),
    maxCostUsd: positive(maxCostUsd, 'maxCostUsd', 'US dollars'),
    routes: checkedRoutes(routes),
  };
}

function checkedRoutes(routes: unknown): AnalyzeInput['routes'] {
  if (routes === undefined) return undefined;
  const named = typeof routes === 'object' && routes !== null ? fieldsOf(routes) : { routes };
  const isRoute = ([task, names]: [string, unknown]) =>
    TASKS.some((each) => each === task) && Array.isArray(names) && names.length > 0 && names.every(isString);
  if (Object.entries(named).every(isRoute)) return named;
  throw invalidInput('routes: expected { summarize?: [names of providers], sentiment?: [names of providers] }');
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}
