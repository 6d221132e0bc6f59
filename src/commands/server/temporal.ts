import type { Command } from 'commander';
import { examples } from '../terminal/examples.js';
import { exits } from '../terminal/exit.js';

export function addTemporal(program: Command): void {
  program
    .command('temporal')
    .description("the embedded server's own command line, with its address")
    .argument('[args...]', 'as the temporal CLI takes them')
    .helpOption(false)
    .allowUnknownOption()
    .addHelpText('after', examples('temporal workflow list', 'temporal workflow show -w analyze-17'))
    .action(
      exits(async (args: string[]) => {
        const { runTemporal } = await import('./run-temporal.js');
        return runTemporal(args);
      }),
    );
}
