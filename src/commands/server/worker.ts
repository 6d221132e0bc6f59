import type { Command } from 'commander';
import { examples } from '../terminal/examples.js';
import { exits } from '../terminal/exit.js';

export function addWorker(program: Command): void {
  program
    .command('worker')
    .description('the worker alone, on the server of TEMPORAL_ADDRESS')
    .option('--check', "exit 0 when this host's worker is polling (for health checks)", false)
    .addHelpText('after', examples('worker', 'worker --check  # healthy?'))
    .action(
      exits(async ({ check }: { check: boolean }) => {
        const { checkWorker, serve } = await import('./serve.js');
        return check ? checkWorker() : serve();
      }),
    );
}
