import { randomUUID } from 'node:crypto';
import { loadConfig } from '../../config/config.js';
import { ANALYZE_TASKS, type Analysis } from '../../domain/analyze/analysis.js';
import { connectClient, targetFromEnvironment, webUiUrl } from '../../temporal/connection.js';
import { interruption, INTERRUPTED } from '../terminal/interrupt.js';
import { print, printJson, say } from '../terminal/say.js';
import { quoted } from '../terminal/quoted.js';
import { existingRun, followRun, startAnalysis } from './analysis.js';
import { closingLine, printOutcome } from './outcome.js';
import { requirePrices } from './require-prices.js';
import { textFrom } from './text.js';

interface AnalyzeOptions {
  file?: string;
  id?: string;
  /** Milliseconds. */
  deadline?: number;
  /** US dollars. */
  maxCost?: number;
  wait: boolean;
  json: boolean;
}

/** Starts or joins a run and waits for it. @returns the exit code */
export async function analyzeText(argument: string | undefined, options: AnalyzeOptions): Promise<number> {
  const { id } = options;
  const rejoins = id !== undefined && argument === undefined && options.file === undefined;
  const text = rejoins ? undefined : textFrom(argument, options.file);
  if (options.maxCost !== undefined) requirePrices(loadConfig(), ANALYZE_TASKS);
  const target = targetFromEnvironment();
  const client = await connectClient(target);
  const workflowId = id ?? `analyze-${randomUUID()}`;
  const limits = {
    ...(options.deadline !== undefined && { deadlineMs: options.deadline }),
    ...(options.maxCost !== undefined && { maxCostUsd: options.maxCost }),
  };
  const joined =
    text === undefined
      ? await existingRun<Analysis>(client, workflowId, 'analyze')
      : await startAnalysis(client, workflowId, { text, ...limits });
  if (!options.wait) {
    const { runId } = await joined.handle.describe();
    if (options.json) printJson({ workflowId, runId });
    else print(workflowId);
    return 0;
  }
  const outcome = await followRun(joined, interruption());
  if (!outcome) {
    say(`interrupted; the run goes on. Come back with: npx understudy analyze --id ${quoted(workflowId)}`);
    return INTERRUPTED;
  }
  const code = printOutcome(outcome, options.json);
  say(closingLine(outcome));
  say(`every attempt: npx understudy runs show ${quoted(workflowId)}`);
  const url = webUiUrl(target, workflowId, outcome.runId);
  if (url !== undefined) say(`Web UI: ${url}`);
  return code;
}
