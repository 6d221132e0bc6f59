import type { Command } from 'commander';
import { examples } from '../terminal/examples.js';
import { exits } from '../terminal/exit.js';

export function addSetup(program: Command): void {
  program
    .command('setup')
    .description('prepares a server of yours: namespace and search attributes; safe to run again')
    .addHelpText('after', examples('setup'))
    .action(
      exits(async () => {
        const { setUpServer } = await import('./set-up-server.js');
        return setUpServer();
      }),
    );
}
