import type { Attempt } from '../attempt.js';
import type { Task } from '../task.js';
import type { Plan } from './plan.js';

/** Of a run that was started without one. */
export const DEFAULT_DEADLINE_MS = 3_600_000;

/** What every run that asks providers may be told beside its text. */
export interface RunInput {
  /** Ends the run with `DeadlineExceeded` this long after its start. Milliseconds; by default an hour from when a worker took it. */
  deadlineMs?: number;
  /** The run never spends more than this. US dollars. */
  maxCostUsd?: number;
  /** Providers by name, best first, instead of the configured route of a task. */
  routes?: Partial<Record<Task, string[]>>;
}

/** Who makes many runs hands them one plan, and they have no deadline of their own unless it is named. */
export interface OneOfMany {
  plan: Plan;
}

/** What every run tells of its calls. */
export interface RunResult {
  workflowId: string;
  runId: string;
  attempts: Attempt[];
  /** US dollars; null when a call was made to a provider without a configured price. */
  costUsd: number | null;
  /** The same with what may have been paid at its worst. US dollars; null when that is not known. */
  atMostUsd: number | null;
  /** True when the local provider answered a task. */
  degraded: boolean;
}
