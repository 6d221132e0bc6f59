import type { Command } from 'commander';
import { duration, wholeNumber, workflowId } from '../terminal/arguments.js';
import { examples } from '../terminal/examples.js';
import { exits } from '../terminal/exit.js';
import type { ListOptions } from './runs-list.js';

const MAX_SHOWN = 1_000;

export function addRuns(program: Command): void {
  const runs = program
    .command('runs')
    .description('runs, by who answered and how; stop one, or have it ask again at once')
    .addHelpText('after', examples('runs list --failed-over --since 1d', 'runs show analyze-17'));
  runs
    .command('list')
    .description('show the latest runs, of batches and schedules too')
    .option('--failed-over', 'those that another provider than the first one answered', false)
    .option('--failed', 'those that ended without an answer', false)
    .option('--waiting', 'those that wait for a provider now', false)
    .option('--running', 'those that are under way', false)
    .option('--since <time>', 'started no longer ago than this, like 90m or 1d', duration)
    .option('--limit <n>', `how many at most, up to ${MAX_SHOWN}`, wholeNumber(1, MAX_SHOWN), 20)
    .option('--json', 'as JSON', false)
    .addHelpText(
      'after',
      examples('runs list', 'runs list --failed-over --since 1d', 'runs list --waiting', 'runs list --failed --json'),
    )
    .action(
      exits(async (options: ListOptions) => {
        const { listRuns } = await import('./runs-list.js');
        return listRuns(options);
      }),
    );
  runs
    .command('show')
    .description('show a run: who was asked, what came of it, what it waits for')
    .argument('<id>', 'of the run', workflowId)
    .option('--json', 'as JSON', false)
    .addHelpText('after', examples('runs show analyze-17', 'runs show review-17 --json'))
    .action(
      exits(async (id: string, options: { json: boolean }) => {
        const { showRun } = await import('./runs-show.js');
        return showRun(id, options);
      }),
    );
  runs
    .command('cancel')
    .description('end a run that is under way; what was paid stays paid')
    .argument('<id>', 'of the run', workflowId)
    .addHelpText('after', examples('runs cancel analyze-17'))
    .action(
      exits(async (id: string) => {
        const { cancelRun } = await import('./runs-control.js');
        return cancelRun(id);
      }),
    );
  runs
    .command('retry-now')
    .description('have a run that waits ask everybody again at once')
    .argument('<id>', 'of the run', workflowId)
    .addHelpText('after', examples('runs retry-now analyze-17'))
    .action(
      exits(async (id: string) => {
        const { retryRunNow } = await import('./runs-control.js');
        return retryRunNow(id);
      }),
    );
}
