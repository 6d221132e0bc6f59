import type { Command } from 'commander';
import { dollars, duration, workflowId as toWorkflowId } from '../terminal/arguments.js';
import { examples } from '../terminal/examples.js';
import { loaded } from '../terminal/exit.js';

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
    .action(loaded(async () => (await import('./ask-task.js')).askTask));
}
