import type { Command } from 'commander';
import { DEFAULT_PORT, webUiOrigin } from '../../temporal/connection.js';
import { port } from '../terminal/arguments.js';
import { exits } from '../terminal/exit.js';
import { say } from '../terminal/say.js';
import { openStage } from './stage.js';

export function addUp(program: Command): void {
  program
    .command('up')
    .description('embedded server, Web UI and worker until Ctrl-C')
    .option('--port <n>', 'of the embedded server; its Web UI is 1,000 above', port, DEFAULT_PORT)
    .action(exits(up));
}

async function up(options: { port: number }): Promise<number> {
  const stage = await openStage(options.port, 'all');
  const { address, namespace } = stage.target;
  const ui = webUiOrigin(stage.target);
  process.stdout.write(
    `ready: Temporal at ${address}, namespace ${namespace}${ui === undefined ? '' : `, Web UI at ${ui}`}\n`,
  );
  try {
    await stage.over;
    say('stopping: calls in flight may end; Ctrl-C again ends at once');
  } finally {
    await stage.stop();
  }
  return 0;
}
