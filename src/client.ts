import { understudyProgram } from './commands/program.js';
import { closeTelemetry } from './temporal/telemetry/closing.js';
import { toldInWords } from './commands/terminal/exit.js';

process.noDeprecation = true; // of what an SDK does with Node: nothing that its user could change
const args = process.argv.slice(2);
await toldInWords(async () => (await understudyProgram(args)).parseAsync(args, { from: 'user' }));
await closeTelemetry();

// Calls to a server that is gone are retried for half a minute; nobody waits for their answers.
process.stdout.write('', () => process.exit());
