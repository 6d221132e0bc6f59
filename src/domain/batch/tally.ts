import { z } from 'zod';
import { held } from '../input.js';
import type { ResultLine } from './result-line.js';
import { isObject } from '../parsed.js';
import { toLabel, type SentimentLabel } from '../analyze/sentiment.js';
import type { Task } from '../task.js';

/** Counts over the lines that are done. */
export interface Tally {
  succeeded: number;
  failed: number;
  /** Of the task `sentiment`. */
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
    providers: z.record(z.string(), counts),
    failures: counts,
    costUsd: z.number().min(0).nullable(),
  }) satisfies z.ZodType<Tally>,
);

export function emptyTally(): Tally {
  return {
    succeeded: 0,
    failed: 0,
    sentiments: {},
    providers: {},
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
  const label = labelIn('values' in line ? line.values.sentiment : line.sentiment);
  if (label !== undefined) add(tally.sentiments, label, 1);
  for (const [task, provider] of Object.entries(line.providers)) add(countsOf(tally, task), provider, 1);
}

/** Counts all that another tally has counted. */
export function countAll(tally: Tally, other: Tally): void {
  tally.succeeded += other.succeeded;
  tally.failed += other.failed;
  tally.costUsd = tally.costUsd === null || other.costUsd === null ? null : tally.costUsd + other.costUsd;
  addAll(tally.sentiments, other.sentiments);
  addAll(tally.failures, other.failures);
  for (const [task, counts] of Object.entries(other.providers)) addAll(countsOf(tally, task), counts);
}

function countsOf({ providers }: Tally, task: Task): Record<string, number> {
  const counts = Object.hasOwn(providers, task) ? providers[task] : undefined;
  return counts ?? (providers[task] = {});
}

/** A task of this name may have been given other labels. */
function labelIn(sentiment: unknown): SentimentLabel | undefined {
  return isObject(sentiment) ? toLabel(sentiment.label) : undefined;
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
