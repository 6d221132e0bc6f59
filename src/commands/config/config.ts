import type { Command } from 'commander';
import { examples } from '../terminal/examples.js';
import { exits } from '../terminal/exit.js';

export function addConfig(program: Command): void {
  const config = program.command('config').description('check the configuration, or show what holds');
  config
    .command('check')
    .description('tell all that is wrong with it, at once')
    .addHelpText('after', examples('config check', 'config check  # of another file: UNDERSTUDY_CONFIG=FILE before it'))
    .action(
      exits(async () => {
        const { checkConfig } = await import('./effective.js');
        return checkConfig();
      }),
    );
  config
    .command('show')
    .description('show what holds, defaults included and without any secret')
    .option('--json', 'as JSON', false)
    .addHelpText('after', examples('config show', 'config show --json'))
    .action(
      exits(async (options: { json: boolean }) => {
        const { showConfig } = await import('./effective.js');
        return showConfig(options);
      }),
    );
}
