import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { loadConfig, type Config } from '../config.js';
import { connectClient, targetFromEnvironment, webUiUrl } from '../temporal/connection.js';
import { dollars, duration, exits, workflowId as toWorkflowId } from './arguments.js';
import { followAnalysis, printOutcome, startAnalysis } from './analysis.js';
import { interruption, INTERRUPTED } from './interrupt.js';
import { say } from './say.js';
import { textFrom } from './text.js';
import { UsageError } from './usage-error.js';

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
    .option('--id <id>', 'name the run; the same id joins the run that exists', toWorkflowId)
    .option('--deadline <time>', 'end the run after this time, like 90s, 10m or 1h (default: 1h)', duration)
    .option('--max-cost <usd>', 'never spend more than this, in US dollars', dollars)
    .option('--no-wait', 'start the run, print its id, and leave')
    .option('--json', 'print the whole result with every attempt', false)
    .action(exits(analyze));
}

async function analyze(argument: string | undefined, options: AnalyzeOptions): Promise<number> {
  const text = textFrom(argument, options.file);
  const config = loadConfig(); // what the worker would refuse is refused here, before anything starts
  if (options.maxCost !== undefined) requirePrices(config);
  const target = targetFromEnvironment();
  const client = await connectClient(target);
  const workflowId = options.id ?? `analyze-${randomUUID()}`;
  const input = {
    text,
    ...(options.deadline !== undefined && { deadlineMs: options.deadline }),
    ...(options.maxCost !== undefined && { maxCostUsd: options.maxCost }),
  };
  const handle = await startAnalysis(client, workflowId, input, say);
  if (!options.wait) {
    process.stdout.write(options.json ? `${JSON.stringify({ workflowId })}\n` : `${workflowId}\n`);
    return 0;
  }
  const outcome = await Promise.race([followAnalysis(handle, say), interruption()]);
  if (typeof outcome === 'string') {
    say(`interrupted; the run goes on. Come back with: npx understudy analyze --id ${workflowId}`);
    return INTERRUPTED;
  }
  const code = printOutcome(outcome, options.json, say);
  const url = webUiUrl(target, workflowId, outcome.runId);
  if (url !== undefined) say(`Web UI: ${url}`);
  return code;
}

/** Without a price there is no worst case, and so no promise to keep. */
function requirePrices({ routes, providers }: Config): void {
  const names = [...routes.summarize.providers, ...routes.sentiment.providers];
  const unpriced = names.find((name) => providers[name]?.price === undefined);
  if (unpriced === undefined) return;
  throw new UsageError(
    `--max-cost needs a price for every provider on the route; ${unpriced} has none in the configuration`,
  );
}
