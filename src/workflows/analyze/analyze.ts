import { continueAsNew, workflowInfo } from '@temporalio/workflow';
import {
  ANALYZE_TASKS,
  type Analysis,
  type AnalyzeInput,
  type AnalyzeOneOfMany,
} from '../../domain/analyze/analysis.js';
import type { Sentiment } from '../../domain/analyze/sentiment.js';
import { boundedSummary } from '../../domain/analyze/summary.js';
import { isSuspect } from '../../domain/analyze/suspect.js';
import { ProviderRun, type CarriedRun } from '../failover/provider-run.js';
import { HistoryIsLong } from '../failover/run.js';
import { fieldsOf } from '../input/checked-input.js';
import { checkedText, runInput } from '../input/run-input.js';

/** The run so far, with the summary where the sentiment is what it waits for. */
interface CarriedAnalysis extends CarriedRun {
  summary?: string;
}

/**
 * Summarizes a text with one provider, then judges the summary's sentiment with another; when one fails, the other
 * takes over.
 * @throws ApplicationFailure whose type says why no answer came; its first detail is `{ attempts, costUsd, atMostUsd }`
 */
export async function analyze(given: AnalyzeInput | AnalyzeOneOfMany, carried?: CarriedAnalysis): Promise<Analysis> {
  const input = runInput(given, ANALYZE_TASKS);
  const text = checkedText(fieldsOf<AnalyzeInput>(given).text);
  const run = await ProviderRun.begin(ANALYZE_TASKS, input, { own: true, carried });
  // Only a run before this one may speak for a provider, and no client.
  let summary = workflowInfo().continuedFromExecutionRunId === undefined ? undefined : carried?.summary;
  try {
    summary ??= await run.answer<string>('summarize', { text, from: 0 }, shorter);
    const { label, score } = await run.answer<Sentiment>('sentiment', { text: summary }, shorter);
    const { workflowId, runId, ...rest } = run.result();
    const suspect = isSuspect(summary, text) ? ({ suspect: true } as const) : {};
    return { workflowId, runId, summary, sentiment: { label, score }, ...rest, ...suspect };
  } catch (error) {
    if (!(error instanceof HistoryIsLong)) throw error;
    return continueAsNew<typeof analyze>(given, { ...run.carried(), ...(summary !== undefined && { summary }) });
  }
}

const WORDS_KEPT = 0.5;

/** Summaries put together. Where they are hardly shorter than the text they lose sentences, so that it comes to an end. */
function shorter(text: string, summaries: readonly string[]): string {
  const whole = summaries.join('\n');
  if (whole.length <= text.length / 2) return whole;
  return summaries.map((each) => boundedSummary(each, Math.ceil(each.split(' ').length * WORDS_KEPT))).join('\n');
}
