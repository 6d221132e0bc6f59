import { continueAsNew, defineQuery, proxyLocalActivities, setHandler, workflowInfo } from '@temporalio/workflow';
import type { PlanActivities } from '../../activities/failover/plan-route.js';
import type { Analysis, AnalysisStatus, AnalyzeInput, AnalyzeOneOfMany } from '../../domain/analyze/analysis.js';
import { isSuspect } from '../../domain/analyze/suspect.js';
import { folded, totalCostUsd, type Attempt } from '../../domain/attempt.js';
import type { Plan } from '../../domain/failover/plan.js';
import { textIn } from '../../domain/parsed.js';
import { Budget } from '../budget/budget.js';
import { backOf, callOf } from '../failover/ask-provider.js';
import { Deadline } from '../failover/deadline.js';
import { firstAnswer } from '../failover/first-answer.js';
import { reopenedSignal, retryNowSignal } from '../failover/messages.js';
import { ProvidersNow, type ProvidersNowState } from '../failover/providers-now.js';
import { HistoryIsLong, type Run } from '../failover/run.js';
import { Trail } from '../failover/trail.js';
import { endOf, Telling } from '../telemetry/telling.js';
import { requirePrices } from '../input/checked-input.js';
import { checkedAnalyzeInput } from './analyze-input.js';
import { Summarizer, type SummaryState } from './summarize-text.js';

/** Where a run of `analyze` stands, at any time and after its end. */
const statusQuery = defineQuery<AnalysisStatus>('status');

/** Carried over when the history of a run that waits for long is cut. */
interface Carried {
  plan: Plan;
  deadlineAtMs?: number;
  attempts: Attempt[];
  providers: ProvidersNowState;
  atMostUsd: number | null;
  summaries: SummaryState;
}

const DEFAULT_DEADLINE_MS = 3_600_000;
const MAX_UNIT_CHARS = 500;

const { planRoute } = proxyLocalActivities<PlanActivities>({ startToCloseTimeout: '10s' });

/**
 * Summarizes a text with one provider, then judges the summary's sentiment with another; when one fails, the other
 * takes over.
 * @throws ApplicationFailure whose type says why no answer came; its first detail is `{ attempts, costUsd, atMostUsd }`
 */
export async function analyze(given: AnalyzeInput | AnalyzeOneOfMany, carried?: Carried): Promise<Analysis> {
  const input = checkedAnalyzeInput(given);
  const { text, maxCostUsd, deadlineMs } = input;
  const { workflowId, runId, startTime, continuedFromExecutionRunId } = workflowInfo();
  const earlier = continuedFromExecutionRunId === undefined ? undefined : carried;

  const isOneOfMany = input.plan !== undefined;
  const afterMs = deadlineMs ?? (isOneOfMany ? undefined : DEFAULT_DEADLINE_MS);
  // A deadline that was asked for counts from the start; the default from when a worker first took the run.
  const fromMs = deadlineMs === undefined ? Date.now() : startTime.getTime();
  const atMs = earlier ? earlier.deadlineAtMs : afterMs === undefined ? undefined : fromMs + afterMs;
  const budget = new Budget(maxCostUsd, earlier?.atMostUsd);
  const trail = new Trail(budget, earlier?.attempts);
  let providers = new ProvidersNow(earlier?.providers ?? { availability: {}, awaited: [] });
  let phase: AnalysisStatus['phase'] = 'planning';
  setHandler(statusQuery, () => {
    const [asking] = trail.asked;
    const waitingFor = providers.waitingFor();
    const isWaiting = asking === undefined && waitingFor.length > 0;
    return {
      phase,
      attempts: trail.attempts,
      ...(asking !== undefined && { asking }),
      ...(isWaiting && { waitingFor }),
    };
  });
  setHandler(retryNowSignal, () => {
    providers.retryNow();
  });
  setHandler(reopenedSignal, (unit) => {
    const named = textIn(unit, MAX_UNIT_CHARS);
    if (named !== undefined) providers.reopened(named);
  });

  const plan = earlier?.plan ?? input.plan ?? (await planRoute(input.routes));
  const { summarize, sentiment } = plan.routes;
  const candidates = [...summarize.candidates, ...sentiment.candidates];
  if (maxCostUsd !== undefined) requirePrices(candidates);
  if (!earlier) {
    providers = new ProvidersNow({ availability: plan.availability, awaited: [] });
    trail.skip(plan.skipped);
  }
  const telling = new Telling(plan.routes, plan.tells, trail.attempts);
  const run: Run = { trail, providers, budget, isOneOfMany, telling, deadline: new Deadline(atMs, afterMs) };
  const summarizer = new Summarizer(run, summarize, earlier?.summaries);
  try {
    phase = 'summarize';
    const summary = await summarizer.summarize({ text, from: 0 });
    phase = 'sentiment';
    const { label, score } = await firstAnswer(run, {
      ...sentiment,
      task: 'sentiment',
      text: summary,
      ask: (call) => callOf('sentiment', call)({ text: summary, ...backOf(call) }),
    });
    phase = 'done';
    const { attempts } = trail;
    telling.ends({ outcome: 'ok', label, costUsd: totalCostUsd(attempts), atMostUsd: budget.atMostUsd });
    const local = candidates.filter((each) => each.local).map(({ provider }) => provider);
    return {
      workflowId,
      runId,
      summary,
      sentiment: { label, score },
      attempts,
      costUsd: totalCostUsd(attempts),
      atMostUsd: budget.atMostUsd,
      degraded: attempts.some(({ outcome, provider }) => outcome === 'ok' && local.includes(provider)),
      ...(isSuspect(summary, text) && { suspect: true }),
    };
  } catch (error) {
    if (!(error instanceof HistoryIsLong)) {
      telling.ends(endOf(error, budget.atMostUsd, trail.attempts));
      throw error;
    }
    return continueAsNew<typeof analyze>(given, {
      plan,
      ...(atMs !== undefined && { deadlineAtMs: atMs }),
      attempts: folded(trail.attempts),
      providers: providers.state(),
      atMostUsd: budget.atMostUsd,
      summaries: summarizer.state,
    });
  }
}
