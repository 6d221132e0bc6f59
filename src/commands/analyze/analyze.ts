import { ANALYZE_TASKS, type Analysis } from '../../domain/analyze/analysis.js';
import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { loadConfig } from '../../config/config.js';
import type { Config } from '../../config/config-schema.js';
import { connectClient, targetFromEnvironment, webUiUrl } from '../../temporal/connection.js';
import { dollars, duration, workflowId as toWorkflowId } from '../terminal/arguments.js';
import { examples } from '../terminal/examples.js';
import { exits } from '../terminal/exit.js';
import { existingRun, followRun, startAnalysis } from './analysis.js';
import { interruption, INTERRUPTED } from '../terminal/interrupt.js';
import { print, printJson, say } from '../terminal/say.js';
import { closingLine, printOutcome } from './outcome.js';
import { textFrom } from './text.js';
import { UsageError } from '../terminal/errors.js';

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

export function addAnalyze(program: Command): void {
  program
    .command('analyze')
    .description('one run, on a server and a worker that exist')
    .argument('[text]', 'what to analyze')
    .option('--file <path>', 'read the text from a file (-: standard input)')
    .option('--id <id>', 'name the run; the same id, without a text too, joins the run that exists', toWorkflowId)
    .option('--deadline <time>', 'end the run after this time, like 90s, 10m or 1h (default: 1h)', duration)
    .option('--max-cost <usd>', 'never spend more than this, in US dollars', dollars)
    .option('--no-wait', 'start the run, print its id, and leave')
    .option('--json', 'print the whole result with every attempt', false)
    .addHelpText(
      'after',
      examples(
        'analyze "The food was great." --json',
        'analyze --file review.txt --deadline 10m',
        'analyze --id review-17  # comes back to that run',
      ),
    )
    .action(exits(analyze));
}

async function analyze(argument: string | undefined, options: AnalyzeOptions): Promise<number> {
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
  say(`${closingLine(outcome)}; every attempt: npx understudy runs show ${quoted(workflowId)}`);
  const url = webUiUrl(target, workflowId, outcome.runId);
  if (url !== undefined) say(`Web UI: ${url}`);
  return code;
}

/** As a shell takes it. */
export function quoted(id: string): string {
  return /^[\w./:@-]+$/.test(id) ? id : `'${id.replaceAll("'", `'\\''`)}'`;
}

/** Without a price there is no worst case, and so no promise to keep. */
export function requirePrices({ routes, providers }: Config, tasks: readonly string[]): void {
  const names = tasks.flatMap((task) => routes[task]?.providers ?? []);
  const unpriced = names.find((name) => providers[name]?.price === undefined);
  if (unpriced === undefined) return;
  throw new UsageError(
    `--max-cost needs a price for every provider on the route; ${unpriced} has none: set providers.${unpriced}.price`,
  );
}
