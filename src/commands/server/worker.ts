import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { YOUR_TASK_QUEUE } from '../../domain/task-queues.js';
import { UsageError } from '../terminal/errors.js';
import { examples } from '../terminal/examples.js';
import { exits } from '../terminal/exit.js';

export function addWorker(program: Command): void {
  program
    .command('worker')
    .description('the worker alone, on the server of TEMPORAL_ADDRESS')
    .option('--check', "exit 0 when this host's worker is polling (for health checks)", false)
    .option(
      '--serve <list>',
      "what it serves: workflows, files, providers or providers' names (all that it can)",
      names,
    )
    .option('--workflows <file>', 'also hosts the workflows of this file of yours (.ts or .js)')
    .option('--task-queue <name>', 'where these listen', YOUR_TASK_QUEUE)
    .addHelpText(
      'after',
      examples(
        'worker',
        'worker --workflows ./my-workflows.ts',
        'worker --serve workflows,files',
        'worker --serve openai',
        'worker --check  # healthy?',
      ),
    )
    .action(
      exits(async ({ check, serve: roles, workflows, taskQueue }: WorkerCommand) => {
        const { checkWorker, serve } = await import('./serve.js');
        return check
          ? checkWorker()
          : serve(roles, workflows === undefined ? undefined : { workflowsPath: fileOf(workflows), taskQueue });
      }),
    );
}

interface WorkerCommand {
  check: boolean;
  serve?: string[];
  workflows?: string;
  taskQueue: string;
}

/** @throws UsageError */
function fileOf(workflows: string): string {
  const path = resolve(workflows);
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isFile() === true && /\.[cm]?[jt]s$/.test(path)) return path;
  throw new UsageError(`--workflows ${workflows}: ${found ? 'expected a .ts or .js file' : 'no such file'}`);
}

function names(value: string): string[] {
  return value
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '');
}
