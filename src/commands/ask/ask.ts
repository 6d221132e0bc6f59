import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { loadConfig } from '../../config/config.js';
import type { Asked } from '../../domain/ask/asked.js';
import { connectClient, targetFromEnvironment, webUiUrl } from '../../temporal/connection.js';
import { existingRun, followRun, startRun, type FailedRun } from '../analyze/analysis.js';
import { quoted, requirePrices } from '../analyze/analyze.js';
import { closingLine } from '../analyze/outcome.js';
import { textFrom } from '../analyze/text.js';
import { dollars, duration, workflowId as toWorkflowId } from '../terminal/arguments.js';
import { examples } from '../terminal/examples.js';
import { exits } from '../terminal/exit.js';
import { INTERRUPTED, interruption } from '../terminal/interrupt.js';
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

export function addAsk(program: Command): void {
  program
    .command('ask')
    .description('one task of the configuration, on a server and a worker that exist')
    .argument('<task>', 'its name under tasks in the configuration')
    .argument('[text]', 'what to ask about: a text, or JSON')
    .option('--file <path>', 'read the text from a file (-: standard input)')
    .option('--id <id>', 'name the run; the same id, without a text too, joins the run that exists', toWorkflowId)
    .option('--deadline <time>', 'end the run after this time, like 90s, 10m or 1h (default: 1h)', duration)
    .option('--max-cost <usd>', 'never spend more than this, in US dollars', dollars)
    .option('--no-wait', 'start the run, print its id, and leave')
    .option('--json', 'print the whole result with every attempt', false)
    .addHelpText(
      'after',
      examples(
        'ask topics "The kettle came late."',
        'ask topics --file letter.txt --json',
        'ask topics --id letter-17',
      ),
    )
    .action(exits(ask));
}

async function ask(task: string, argument: string | undefined, options: AskOptions): Promise<number> {
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
  say(`${closingLine(outcome)}; every attempt: npx understudy runs show ${quoted(workflowId)}`);
  const url = webUiUrl(target, workflowId, outcome.runId);
  if (url !== undefined) say(`Web UI: ${url}`);
  return code;
}

/** The value alone: text as it is, anything else as JSON. @returns the exit code */
function printAsked(outcome: Asked | FailedRun, json: boolean): number {
  const failed = 'error' in outcome;
  if (json) printJson(outcome);
  else if (failed) say(`the run failed: ${outcome.error.type}: ${outcome.error.message}`);
  else if (typeof outcome.value === 'string') print(outcome.value);
  else printJson(outcome.value);
  if (!failed) return 0;
  return outcome.error.type === 'InvalidInput' ? 2 : 1;
}
