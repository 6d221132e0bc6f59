import { continueAsNew } from '@temporalio/workflow';
import type { Asked, AskInput, AskOneOfMany } from '../../domain/ask/asked.js';
import { ProviderRun, type CarriedRun } from '../failover/provider-run.js';
import { HistoryIsLong } from '../failover/run.js';
import { fieldsOf, invalidInput } from '../input/checked-input.js';
import { checkedText, runInput } from '../input/run-input.js';
import { together } from './together.js';

const MAX_TASK_CHARS = 64;

/**
 * Asks for one task of the configuration.
 * @throws ApplicationFailure whose type says why no answer came; its first detail is `{ attempts, costUsd, atMostUsd }`
 */
export async function ask(given: AskInput | AskOneOfMany, carried?: CarriedRun): Promise<Asked> {
  const { task, text, route, ...rest } = fieldsOf(given);
  if (typeof task !== 'string' || task === '' || task.length > MAX_TASK_CHARS) {
    throw invalidInput('task: expected the name of a task of the configuration');
  }
  const input = runInput({ ...rest, ...(route !== undefined && { routes: { [task]: route } }) } as AskInput, [task]);
  const isText = typeof text === 'string';
  const asked = checkedText(isText || text === undefined ? text : JSON.stringify(text));
  const run = await ProviderRun.begin([task], input, { own: true, carried });
  try {
    // Only a text stands in the input as it is asked; JSON is written anew.
    const value = await run.answer<unknown>(task, { text: asked, from: isText ? 0 : undefined }, together);
    const { workflowId, runId, ...others } = run.result();
    return { workflowId, runId, task, value, ...others };
  } catch (error) {
    if (!(error instanceof HistoryIsLong)) throw error;
    return continueAsNew<typeof ask>(given, run.carried());
  }
}
