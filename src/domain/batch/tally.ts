import { z } from 'zod';
import { held } from '../input.js';
import type { ResultLine } from './result-line.js';
import type { SentimentLabel } from '../analyze/sentiment.js';
import { ANALYZE_TASKS as TASKS, type AnalyzeTask as Task } from '../analyze/analysis.js';

/** Counts over the lines that are done. */
export interface Tally {
  succeeded: number;
  failed: number;
  sentiments: Partial<Record<SentimentLabel, number>>;
  /** Who answered, by task and name. */
  providers: Record<Task, Record<string, number>>;
  /** By type of error. */
  failures: Record<string, number>;
  /** US dollars; null when a call was made to a provider without a configured price. */
  costUsd: number | null;
}

const whole = z.int().min(0);
const counts = z.record(z.string(), whole);

/** As it comes over a wire. */
export const tally = held(
  z.object({
    succeeded: whole,
    failed: whole,
    sentiments: z.object({
      POSITIVE: whole.exactOptional(),
      NEGATIVE: whole.exactOptional(),
      NEUTRAL: whole.exactOptional(),
    }),
    providers: z.object({ summarize: counts, sentiment: counts }),
    failures: counts,
    costUsd: z.number().min(0).nullable(),
  }) satisfies z.ZodType<Tally>,
);

export function emptyTally(): Tally {
  return {
    succeeded: 0,
    failed: 0,
    sentiments: {},
    providers: { summarize: {}, sentiment: {} },
    failures: {},
    costUsd: 0,
  };
}

/** Counts one more line. */
export function count(tally: Tally, line: ResultLine): void {
  tally.costUsd = tally.costUsd === null || line.costUsd === null ? null : tally.costUsd + line.costUsd;
  if ('error' in line) {
    tally.failed += 1;
    add(tally.failures, line.error.type, 1);
    return;
  }
  tally.succeeded += 1;
  add(tally.sentiments, line.sentiment.label, 1);
  for (const task of TASKS) add(tally.providers[task], line.providers[task], 1);
}

/** Counts all that another tally has counted. */
export function countAll(tally: Tally, other: Tally): void {
  tally.succeeded += other.succeeded;
  tally.failed += other.failed;
  tally.costUsd = tally.costUsd === null || other.costUsd === null ? null : tally.costUsd + other.costUsd;
  addAll(tally.sentiments, other.sentiments);
  addAll(tally.failures, other.failures);
  for (const task of TASKS) addAll(tally.providers[task], other.providers[task]);
}

export function doneIn({ succeeded, failed }: Tally): number {
  return succeeded + failed;
}

function add(counts: Partial<Record<string, number>>, name: string, more: number): void {
  const before = Object.hasOwn(counts, name) ? (counts[name] ?? 0) : 0; // a name may be that of a member of all objects
  Object.defineProperty(counts, name, { value: before + more, configurable: true, enumerable: true, writable: true });
}

function addAll(counts: Partial<Record<string, number>>, others: Partial<Record<string, number>>): void {
  for (const [name, more = 0] of Object.entries(others)) add(counts, name, more);
}
