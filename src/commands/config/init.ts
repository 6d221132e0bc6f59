import type { Command } from 'commander';
import { examples } from '../terminal/examples.js';
import { exits } from '../terminal/exit.js';

export function addInit(program: Command): void {
  program
    .command('init')
    .description('write a commented configuration to start from')
    .argument('[file]', 'where to; what is there already stays', 'understudy.yaml')
    .addHelpText('after', examples('init', 'init team/understudy.yaml'))
    .action(
      exits(async (file: string) => {
        const { writeStarter } = await import('./starter.js');
        return writeStarter(file);
      }),
    );
}
