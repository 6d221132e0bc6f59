import { randomUUID } from 'node:crypto';
import { connectClient, webUiUrl } from '../../temporal/connection.js';
import { followRun, startAnalysis } from '../analyze/analysis.js';
import { closingLine, printOutcome } from '../analyze/outcome.js';
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
    const joined = await startAnalysis(client, workflowId, { text });
    const outcome = await followRun(joined, stage.over);
    if (!outcome) {
      say(`interrupted; the run goes on with the next: npx understudy up (its id: ${workflowId})`);
      return INTERRUPTED;
    }
    const code = printOutcome(outcome, options.json);
    const url = webUiUrl(stage.target, workflowId, outcome.runId);
    say(closingLine(outcome));
    if (stage.embedded) say('to keep it running, with a Web UI that shows this run: npx understudy up');
    else if (url !== undefined) say(`Web UI: ${url}`);
    return code;
  } finally {
    await stage.stop();
  }
}
