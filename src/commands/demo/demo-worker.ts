// The worker of the demo, a process of its own that is killed and started again. It never outlives the demo, however that ends.
import { serve } from '../server/serve.js';
import { toldInWords } from '../terminal/exit.js';

const server = Number(process.argv[2]);

process.once('disconnect', () => {
  if (server > 0) endServer(server); // the demo was killed, and cannot do it any more
  process.exit(1);
});

await toldInWords(async () => {
  process.exitCode = await serve();
});

function endServer(pid: number): void {
  try {
    process.kill(pid);
  } catch {
    // it has ended
  }
}
