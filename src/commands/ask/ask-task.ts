import { randomUUID } from 'node:crypto';
import { loadConfig } from '../../config/config.js';
import type { Asked } from '../../domain/ask/asked.js';
import { connectClient, targetFromEnvironment, webUiUrl } from '../../temporal/connection.js';
import { existingRun, followRun, startRun, type FailedRun } from '../analyze/analysis.js';
import { closingLine } from '../analyze/outcome.js';
import { requirePrices } from '../analyze/require-prices.js';
import { textFrom } from '../analyze/text.js';
import { INTERRUPTED, interruption } from '../terminal/interrupt.js';
import { withoutKinds } from '../terminal/outage-words.js';
import { quoted } from '../terminal/quoted.js';
import { print, printJson, say } from '../terminal/say.js';
import { requireTasks } from './require-tasks.js';

interface AskOptions {
  file?: string;
  id?: string;
  /** Milliseconds. */
  deadline?: number;
  /** US dollars. */
  maxCost?: number;
  wait: boolean;
  json: boolean;
}

/** Starts or joins a run of one task and waits for it. @returns the exit code */
export async function askTask(task: string, argument: string | undefined, options: AskOptions): Promise<number> {
  const config = loadConfig();
  requireTasks([task], config);
  const { id } = options;
  const rejoins = id !== undefined && argument === undefined && options.file === undefined;
  const text = rejoins ? undefined : textFrom(argument, options.file);
  if (options.maxCost !== undefined) requirePrices(config, [task]);
  const target = targetFromEnvironment();
  const client = await connectClient(target);
  const workflowId = id ?? `${task}-${randomUUID()}`;
  const limits = {
    ...(options.deadline !== undefined && { deadlineMs: options.deadline }),
    ...(options.maxCost !== undefined && { maxCostUsd: options.maxCost }),
  };
  const joined =
    text === undefined
      ? await existingRun<Asked>(client, workflowId, 'ask', { task })
      : await startRun<Asked>(client, workflowId, {
          type: 'ask',
          input: { task, text, ...limits },
          summary: `${task} of ${text.length} characters`,
        });
  if (!options.wait) {
    const { runId } = await joined.handle.describe();
    if (options.json) printJson({ workflowId, runId });
    else print(workflowId);
    return 0;
  }
  const outcome = await followRun(joined, interruption());
  if (!outcome) {
    say(`interrupted; the run goes on. Come back with: npx understudy ask ${task} --id ${quoted(workflowId)}`);
    return INTERRUPTED;
  }
  const code = printAsked(outcome, options.json);
  say(closingLine(outcome));
  say(`every attempt: npx understudy runs show ${quoted(workflowId)}`);
  const url = webUiUrl(target, workflowId, outcome.runId);
  if (url !== undefined) say(`Web UI: ${url}`);
  return code;
}

/** The value alone: text as it is, anything else as JSON. @returns the exit code */
function printAsked(outcome: Asked | FailedRun, json: boolean): number {
  const failed = 'error' in outcome;
  if (json) printJson(outcome);
  else if (failed) say(`the run failed: ${outcome.error.type}: ${withoutKinds(outcome.error.message)}`);
  else if (typeof outcome.value === 'string') print(outcome.value);
  else printJson(outcome.value);
  if (!failed) return 0;
  return outcome.error.type === 'InvalidInput' ? 2 : 1;
}
