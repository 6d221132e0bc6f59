import type { FailureKind } from './failure.js';
import type { Sentiment } from './sentiment.js';
import type { Task } from './task.js';

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

/** One call of a provider, or the reason why it was not called. */
export interface Attempt {
  task: Task;
  provider: string;
  model: string;
  outcome: 'ok' | 'failed' | 'skipped';
  failure?: FailureKind;
  /** One line for a person. Never holds a key or the text. */
  message?: string;
  /** ISO 8601 */
  startedAt: string;
  latencyMs: number;
  inputTokens?: number;
  outputTokens?: number;
  /** Absent when the provider has no configured price. */
  costUsd?: number;
  /** Which part of a long text, like `2/5`; absent when it was sent whole. */
  part?: string;
  /** The request may have been answered and billed though the answer never reached the run. */
  possiblyPaid?: boolean;
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

/** @returns what each provider said last about a task, with what to do about it */
export function lastWords(task: Task, attempts: readonly Attempt[]): string {
  const last = new Map<string, string>();
  for (const attempt of attempts) {
    if (attempt.task !== task || !attempt.failure) continue;
    last.set(attempt.provider, `${attempt.provider}: ${attempt.failure}: ${attempt.message ?? ''}`);
  }
  return last.size > 0 ? [...last.values()].join('; ') : 'nobody was asked yet';
}

/** @returns US dollars spent by a run; null when a billed call has no known price */
export function totalCostUsd(attempts: readonly Attempt[]): number | null {
  let total = 0;
  for (const { outcome, costUsd, outputTokens } of attempts) {
    if (costUsd !== undefined) total += costUsd;
    else if (outcome === 'ok' || outputTokens !== undefined) return null;
  }
  return total;
}
