import type { Command } from 'commander';
import { DEFAULT_PORT } from '../../temporal/default-port.js';
import { port } from '../terminal/arguments.js';
import { examples } from '../terminal/examples.js';
import { exits } from '../terminal/exit.js';

export function addUp(program: Command): void {
  program
    .command('up')
    .description('embedded server, Web UI and worker until Ctrl-C')
    .option('--port <n>', `of the embedded server; its Web UI is 1,000 above (default: ${DEFAULT_PORT})`, port)
    .option('--no-ui', 'without the Web UI, which a page in a browser here may reach by DNS rebinding')
    .addHelpText('after', examples('up', 'up --port 7300  # other commands in this folder find it'))
    .action(
      exits(async (options: { port?: number; ui: boolean }) => {
        const { stayUp } = await import('./stay-up.js');
        return stayUp(options);
      }),
    );
}
