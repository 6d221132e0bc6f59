import { toldInWords } from './commands/terminal/exit.js';
import { understudyProgram } from './commands/program.js';

process.noDeprecation = true; // of what an SDK does with Node: nothing that its user could change
await toldInWords(() => understudyProgram().parseAsync());

// Calls to a server that is gone are retried for half a minute; nobody waits for their answers.
process.stdout.write('', () => process.exit());
