import { toldInWords } from './commands/exit.js';
import { understudyProgram } from './commands/program.js';

await toldInWords(() => understudyProgram().parseAsync());

// Calls to a server that is gone are retried for half a minute; nobody waits for their answers.
process.stdout.write('', () => process.exit());
