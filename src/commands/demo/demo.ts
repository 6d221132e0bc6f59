import type { Command } from 'commander';
import { examples } from '../terminal/examples.js';
import { exits } from '../terminal/exit.js';

export function addDemo(program: Command): void {
  program
    .command('demo')
    .description('failover to look at: one minute, no key, vendors that are fakes and say so')
    .addHelpText('after', examples('demo', 'demo > demo.txt  # the same as plain lines'))
    .action(
      exits(async () => {
        const { perform } = await import('./perform.js');
        return perform();
      }),
    );
}
