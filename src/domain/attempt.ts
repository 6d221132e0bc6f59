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
  /** The request may have been answered and billed, though no answer of use came, or none that says what it cost. */
  possiblyPaid?: boolean;
  /** How many attempts like it came between this and the next, in a run that waited long; what they cost is in this one. */
  folded?: number;
}

/** @returns what each provider said last about a task, with what to do about it */
export function lastWords(task: Task, attempts: readonly Attempt[]): string {
  const last = new Map<string, Attempt>();
  for (const attempt of attempts) {
    const before = last.get(attempt.provider);
    const saysMore = attempt.outcome !== 'skipped' || before === undefined || before.outcome === 'skipped';
    if (attempt.task === task && attempt.failure && saysMore) last.set(attempt.provider, attempt);
  }
  const words = [...last.values()].map(
    ({ provider, failure = '', message = '' }) => `${provider}: ${failure}: ${message}`,
  );
  return words.length > 0 ? words.join('; ') : 'nobody was asked yet';
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

/**
 * A trail that is shorter: of the failed attempts of each provider at a task, the first and the last stay; what was between
 * is counted in the first, with its tokens and its cost. Answers stay.
 */
export function folded(attempts: readonly Attempt[]): Attempt[] {
  const lines = new Map<string, Attempt[]>();
  const lineOf = ({ task, provider, part = '', possiblyPaid = false, costUsd, outputTokens }: Attempt) =>
    JSON.stringify([task, provider, part, possiblyPaid, costUsd === undefined && outputTokens !== undefined]);
  for (const attempt of attempts) {
    if (attempt.outcome === 'ok') continue;
    lines.set(lineOf(attempt), [...(lines.get(lineOf(attempt)) ?? []), attempt]);
  }
  const between = new Set([...lines.values()].flatMap((line) => line.slice(1, -1)));
  return attempts.flatMap((attempt) => {
    if (between.has(attempt)) return [];
    const line = lines.get(lineOf(attempt));
    if (attempt.outcome === 'ok' || line?.[0] !== attempt || line.length < 3) return [attempt];
    return [line.slice(1, -1).reduce(withFolded, attempt)];
  });
}

function withFolded(into: Attempt, one: Attempt): Attempt {
  const sum = (key: 'inputTokens' | 'outputTokens' | 'costUsd') => {
    const [a, b] = [into[key], one[key]];
    return a === undefined && b === undefined ? {} : { [key]: (a ?? 0) + (b ?? 0) };
  };
  const more = { ...sum('inputTokens'), ...sum('outputTokens'), ...sum('costUsd') };
  return { ...into, ...more, folded: (into.folded ?? 0) + 1 + (one.folded ?? 0) };
}
