import { toldInWords } from './commands/exit.js';
import { serve } from './commands/worker.js';

await toldInWords(async () => {
  process.exitCode = await serve();
});
