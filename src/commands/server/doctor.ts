import type { Command } from 'commander';
import { examples } from '../terminal/examples.js';
import { exits } from '../terminal/exit.js';

export function addDoctor(program: Command): void {
  program
    .command('doctor')
    .description('checks server, namespace, workers, keys, and each provider with one cheap call')
    .addHelpText('after', examples('doctor'))
    .action(
      exits(async () => {
        const { examine } = await import('./examine.js');
        return examine();
      }),
    );
}
