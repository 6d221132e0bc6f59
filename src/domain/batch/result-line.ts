import type { Analysis } from '../analyze/analysis.js';
import { totalCostUsd } from '../attempt.js';
import type { Sentiment } from '../analyze/sentiment.js';
import type { Task } from '../task.js';
import type { TextFailure } from '../failover/text-failure.js';

/** Which line of the input it is about. */
export interface LineHead {
  /** Where it begins in the input, from 1; in a folder, the number of the file. */
  line: number;
  /** As the input names it; the line number when it does not, the file's name in a folder. */
  id: string | number;
}

/** One line of the output for one of the input. */
export type ResultLine = LineHead & Verdict;

/** What came of one text. */
export type Verdict = { /** US dollars; null when not known */ costUsd: number | null } & (
  | { summary: string; sentiment: Sentiment; providers: Record<Task, string>; degraded?: true }
  | { error: { type: string; message: string } }
);

const LONGEST_MESSAGE_CHARS = 500;

export function analyzedLine({ line, id }: LineHead, analysis: Analysis): ResultLine {
  return { line, id, ...verdictOf(analysis) };
}

export function failedLine({ line, id }: LineHead, failure: TextFailure): ResultLine {
  return { line, id, ...failedVerdict(failure) };
}

export function verdictOf(analysis: Analysis): Verdict {
  const { summary, sentiment, attempts, costUsd, degraded } = analysis;
  const answering = (task: Task) =>
    attempts.findLast((attempt) => attempt.task === task && attempt.outcome === 'ok')?.provider ?? '';
  const providers = { summarize: answering('summarize'), sentiment: answering('sentiment') };
  return { summary, sentiment, providers, costUsd, ...(degraded && { degraded }) };
}

export function failedVerdict({ type, message, attempts }: TextFailure): Verdict {
  const error = { type, message: message.slice(0, LONGEST_MESSAGE_CHARS) };
  return { error, costUsd: totalCostUsd(attempts) };
}

/** @returns undefined for what is no result line of ours */
export function toResultLine(json: string): ResultLine | undefined {
  try {
    const value = JSON.parse(json) as Partial<Record<string, unknown>> | null;
    const { line, error, sentiment, providers } = value ?? {};
    const known = typeof line === 'number' && (isObject(error) || (isObject(sentiment) && isObject(providers)));
    return known ? (value as unknown as ResultLine) : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}
