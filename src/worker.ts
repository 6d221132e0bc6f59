import { toldInWords } from './commands/terminal/exit.js';
import { serve } from './commands/server/serve.js';

await toldInWords(async () => {
  process.exitCode = await serve();
});
