import type { Command } from 'commander';
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
    .addHelpText(
      'after',
      examples('worker', 'worker --serve workflows,files', 'worker --serve openai', 'worker --check  # healthy?'),
    )
    .action(
      exits(async ({ check, serve: roles }: { check: boolean; serve?: string[] }) => {
        const { checkWorker, serve } = await import('./serve.js');
        return check ? checkWorker() : serve(roles);
      }),
    );
}

function names(value: string): string[] {
  return value
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '');
}
