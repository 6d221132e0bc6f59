import type { Attempt } from '../attempt.js';
import type { Plan } from '../failover/plan.js';
import type { Task } from '../task.js';
import type { Sentiment } from './sentiment.js';

/** Input of the workflow `analyze`. Any Temporal client can start it with this. */
export interface AnalyzeInput {
  text: string;
  /** Ends the run with `DeadlineExceeded` this long after its start. Milliseconds; by default an hour from when a worker took it. */
  deadlineMs?: number;
  /** The run never spends more than this. US dollars. */
  maxCostUsd?: number;
  /** Providers by name, best first, instead of the configured route of a task. */
  routes?: Partial<Record<Task, string[]>>;
}

/** As a batch or a schedule starts it: with the plan of many, and without a deadline of its own unless it has one. */
export interface AnalyzeOneOfMany extends AnalyzeInput {
  plan: Plan;
}

/** Result of the workflow `analyze`. */
export interface Analysis {
  workflowId: string;
  runId: string;
  summary: string;
  sentiment: Sentiment;
  attempts: Attempt[];
  /** US dollars; null when a call was made to a provider without a configured price. */
  costUsd: number | null;
  /** The same with what may have been paid at its worst. US dollars; null when that is not known. */
  atMostUsd: number | null;
  /** True when the local provider answered a task. */
  degraded: boolean;
  /** The summary may not be one of this text: it shares nearly no word with it, or names an address that it has not. */
  suspect?: true;
}

/** What the query `status` answers while a run is under way and after. */
export interface AnalysisStatus {
  phase: 'planning' | Task | 'done';
  attempts: Attempt[];
  /** Who is being asked right now. */
  asking?: string;
  /** Who the run waits for when nobody can answer now. `until`: ISO 8601; absent while nobody knows when its outage ends. */
  waitingFor?: { provider: string; until?: string; why: string }[];
}
