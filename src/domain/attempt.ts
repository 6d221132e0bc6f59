import type { FailureKind } from './failure.js';
import type { Task } from './task.js';

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
