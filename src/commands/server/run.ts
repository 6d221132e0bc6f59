import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { connectClient, DEFAULT_PORT, webUiUrl } from '../../temporal/connection.js';
import { followAnalysis, printOutcome, startAnalysis } from '../analyze/analysis.js';
import { port } from '../terminal/arguments.js';
import { exits } from '../terminal/exit.js';
import { INTERRUPTED } from '../terminal/interrupt.js';
import { say } from '../terminal/say.js';
import { openStage } from './stage.js';
import { textFrom } from '../analyze/text.js';

const SAMPLE =
  'The new espresso machine arrived two days early and was set up in minutes. It heats quickly, the crema is rich, and ' +
  'cleaning it takes no effort at all. The manual could be clearer about descaling, but support answered my question ' +
  'within the hour. After a month of daily use I am delighted with it and have already recommended it to two friends.';

export function addRun(program: Command): void {
  program
    .command('run')
    .description('everything in one go: embedded server, worker, one analysis, result')
    .argument('[text]', 'what to analyze (a sample unless given)')
    .option('--json', 'print the whole result', false)
    .option('--port <n>', 'of the embedded server; its Web UI is 1,000 above', port, DEFAULT_PORT)
    .action(exits(run));
}

/** Server, worker, one analysis, its result, and all that was started is gone again. */
async function run(argument: string | undefined, options: { port: number; json: boolean }): Promise<number> {
  const text = textFrom(argument ?? SAMPLE, undefined);
  const stage = await openStage(options.port, 'trouble'); // the run itself says who is left out, and why
  try {
    const client = await connectClient(stage.target);
    const workflowId = `analyze-${randomUUID()}`;
    const handle = await startAnalysis(client, workflowId, { text });
    const outcome = await followAnalysis(handle, stage.over);
    if (!outcome) {
      say(`interrupted; the run goes on with the next: npx understudy up (its id: ${workflowId})`);
      return INTERRUPTED;
    }
    const code = printOutcome(outcome, options.json);
    const url = webUiUrl(stage.target, workflowId, outcome.runId);
    if (url !== undefined) say(`Web UI: ${url}${stage.embedded ? ' (while npx understudy up runs)' : ''}`);
    return code;
  } finally {
    await stage.stop();
  }
}
