import type { Attempt } from '../attempt.js';
import type { Sentiment } from './sentiment.js';
import type { Task } from '../task.js';

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

/** Result of the workflow `analyze`. */
export interface Analysis {
  workflowId: string;
  runId: string;
  summary: string;
  sentiment: Sentiment;
  attempts: Attempt[];
  /** US dollars; null when a call was made to a provider without a configured price. */
  costUsd: number | null;
  /** True when the local provider answered a task. */
  degraded: boolean;
}

/** What the query `status` answers while a run is under way and after. */
export interface AnalysisStatus {
  phase: 'planning' | Task | 'done';
  attempts: Attempt[];
  /** Who is being asked right now. */
  asking?: string;
  /** Who the run waits for when nobody can answer now. `until`: ISO 8601; absent while nobody knows when its outage ends. */
  waitingFor?: { provider: string; until?: string }[];
}
