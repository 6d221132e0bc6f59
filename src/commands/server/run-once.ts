import { randomUUID } from 'node:crypto';
import { connectClient, webUiUrl } from '../../temporal/connection.js';
import { followAnalysis, printOutcome, startAnalysis } from '../analyze/analysis.js';
import { textFrom } from '../analyze/text.js';
import { INTERRUPTED } from '../terminal/interrupt.js';
import { say } from '../terminal/say.js';
import { openStage } from './stage.js';

const SAMPLE =
  'The new espresso machine arrived two days early and was set up in minutes. It heats quickly, the crema is rich, and ' +
  'cleaning it takes no effort at all. The manual could be clearer about descaling, but support answered my question ' +
  'within the hour. After a month of daily use I am delighted with it and have already recommended it to two friends.';

/** Server, worker, one analysis, its result, and all that was started is gone again. */
export async function runOnce(
  argument: string | undefined,
  options: { port?: number | undefined; json: boolean },
): Promise<number> {
  const text = textFrom(argument ?? SAMPLE, undefined);
  const stage = await openStage({ port: options.port, webUi: true, tells: 'trouble' }); // the run itself says who is left out, and why
  try {
    const client = await connectClient(stage.target);
    const workflowId = `analyze-${randomUUID()}`;
    const handle = await startAnalysis(client, workflowId, { text });
    const outcome = await followAnalysis(handle, stage.over);
    if (!outcome) {
      say(`interrupted; the run goes on with the next: npx understudy up (its id: ${workflowId})`);
      return INTERRUPTED;
    }
    const code = printOutcome(outcome, options.json);
    const url = webUiUrl(stage.target, workflowId, outcome.runId);
    if (url !== undefined) say(`Web UI: ${url}${stage.embedded ? ' (while npx understudy up runs)' : ''}`);
    return code;
  } finally {
    await stage.stop();
  }
}
