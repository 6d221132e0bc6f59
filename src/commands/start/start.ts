import type { Command } from 'commander';
import { YOUR_TASK_QUEUE } from '../../domain/task-queues.js';
import { workflowId as toWorkflowId } from '../terminal/arguments.js';
import { examples } from '../terminal/examples.js';
import { loaded } from '../terminal/exit.js';

export function addStart(program: Command): void {
  program
    .command('start')
    .description('a workflow of your own, that a worker with --workflows hosts')
    .argument('<type>', 'the name of its function')
    .argument('[json]', 'its input')
    .option('--id <id>', 'name the run; the same id joins the run that exists', toWorkflowId)
    .option('--task-queue <name>', 'where its worker listens', YOUR_TASK_QUEUE)
    .option('--no-wait', 'start the run, print its id, and leave')
    .addHelpText('after', examples(`start triage '"The kettle came late."'`, `start triage '{"id":17}' --id ticket-17`))
    .action(loaded(async () => (await import('./start-workflow.js')).startWorkflow));
}
