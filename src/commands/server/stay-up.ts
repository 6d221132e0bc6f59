import { webUiOrigin } from '../../temporal/connection.js';
import { print, say } from '../terminal/say.js';
import { openStage } from './stage.js';

/** Embedded server, Web UI and worker until Ctrl-C. @returns the exit code */
export async function stayUp({ port, ui: webUi }: { port?: number | undefined; ui: boolean }): Promise<number> {
  const stage = await openStage({ port, webUi, tells: 'all' });
  const { address, namespace } = stage.target;
  const ui = webUiOrigin(stage.target);
  print(`ready: Temporal at ${address}, namespace ${namespace}${ui === undefined ? '' : `, Web UI at ${ui}`}`);
  try {
    await stage.over;
    say('stopping: calls in flight may end; Ctrl-C again ends at once');
  } finally {
    await stage.stop();
  }
  return 0;
}
