import type { OneOfMany, RunInput, RunResult } from '../failover/run-input.js';
import type { RunStatus } from '../failover/run-status.js';
import type { Sentiment } from './sentiment.js';

/** The two questions an analysis asks: first a summary of the text, then the sentiment of that summary. */
export const ANALYZE_TASKS = ['summarize', 'sentiment'] as const;
export type AnalyzeTask = (typeof ANALYZE_TASKS)[number];

/** Input of the workflow `analyze`. Any Temporal client can start it with this. */
export interface AnalyzeInput extends RunInput {
  text: string;
}

/** As a batch or a schedule starts it. */
export type AnalyzeOneOfMany = AnalyzeInput & OneOfMany;

/** Result of the workflow `analyze`. */
export interface Analysis extends RunResult {
  summary: string;
  sentiment: Sentiment;
  /** The summary may not be one of this text: it shares nearly no word with it, or names an address that it has not. */
  suspect?: true;
}

export type AnalysisStatus = RunStatus;
