import type { Command } from 'commander';
import { examples } from '../terminal/examples.js';
import { exits } from '../terminal/exit.js';

export function addDoctor(program: Command): void {
  program
    .command('doctor')
    .description('asks server and fleet: workers, search attributes, and each provider and task on each worker')
    .option('--json', 'print the findings as JSON', false)
    .option('--notices', 'send a test to everybody who wants notices', false)
    .addHelpText('after', examples('doctor', 'doctor --json', 'doctor --notices'))
    .action(
      exits(async ({ json, notices }: { json: boolean; notices: boolean }) => {
        const { examine, tryNotices } = await import('./examine.js');
        return notices ? tryNotices() : examine(json ? 'json' : 'table');
      }),
    );
}
