import type { Command } from 'commander';
import { DEFAULT_PORT } from '../../temporal/default-port.js';
import { port } from '../terminal/arguments.js';
import { examples } from '../terminal/examples.js';
import { exits } from '../terminal/exit.js';

export function addRun(program: Command): void {
  program
    .command('run')
    .description('everything in one go: embedded server, worker, one analysis, result')
    .argument('[text]', 'what to analyze (a sample unless given)')
    .option('--json', 'print the whole result', false)
    .option('--port <n>', `of the embedded server; its Web UI is 1,000 above (default: ${DEFAULT_PORT})`, port)
    .addHelpText('after', examples('run', 'run "The food was great." --json'))
    .action(
      exits(async (text: string | undefined, options: { port?: number; json: boolean }) => {
        const { runOnce } = await import('./run-once.js');
        return runOnce(text, options);
      }),
    );
}
