import { continueAsNew } from '@temporalio/workflow';
import type { AskAllInput, AskAllOneOfMany, Asked, AskedAll, AskInput, AskOneOfMany } from '../../domain/ask/asked.js';
import type { RunInput } from '../../domain/failover/run-input.js';
import { taskNames, type Task } from '../../domain/task.js';
import { parsedAs } from '../../domain/input.js';
import { ProviderRun, type CarriedRun } from '../failover/provider-run.js';
import { HistoryIsLong } from '../failover/run.js';
import { fieldsOf, invalidInput } from '../input/checked-input.js';
import { checkedText, runInput } from '../input/run-input.js';
import { together } from './together.js';

const MAX_TASK_CHARS = 64;

/** The run so far, with the answers to the tasks before the one that it waits for. */
interface CarriedAsk extends CarriedRun {
  values?: Record<Task, unknown>;
}

/**
 * Asks for one task of the configuration, or for several about one text, in their order.
 * @throws ApplicationFailure whose type says why no answer came; its first detail is `{ attempts, costUsd, atMostUsd }`
 */
export async function ask(given: AskInput | AskOneOfMany, carried?: CarriedAsk): Promise<Asked>;
export async function ask(given: AskAllInput | AskAllOneOfMany, carried?: CarriedAsk): Promise<AskedAll>;
export async function ask(given: AskInput | AskAllInput, carried?: CarriedAsk): Promise<Asked | AskedAll> {
  const { text, route, ...rest } = fieldsOf(given as AskInput);
  const { task, tasks } = asksFor(given);
  const own = task !== undefined && route !== undefined && { routes: { [task]: route } };
  const input = runInput({ ...(rest as RunInput), ...(own as RunInput) }, tasks);
  const isText = typeof text === 'string';
  const asked = checkedText(isText || text === undefined ? text : JSON.stringify(text));
  const run = await ProviderRun.begin(tasks, input, { own: true, carried });
  const values: Record<Task, unknown> = { ...carried?.values };
  try {
    for (const each of tasks) {
      if (Object.hasOwn(values, each)) continue;
      // Only a text stands in the input as it is asked; JSON is written anew.
      values[each] = await run.answer<unknown>(each, { text: asked, from: isText ? 0 : undefined }, together);
    }
    const { workflowId, runId, ...others } = run.result();
    const answer = task === undefined ? { values } : { task, value: values[task] };
    return { workflowId, runId, ...answer, ...others };
  } catch (error) {
    if (!(error instanceof HistoryIsLong)) throw error;
    return continueAsNew<(given: unknown, carried: CarriedAsk) => Promise<Asked>>(given, { ...run.carried(), values });
  }
}

/** @throws ApplicationFailure of type `InvalidInput` */
function asksFor(given: AskInput | AskAllInput): { task?: Task; tasks: readonly Task[] } {
  const { task, tasks } = fieldsOf(given as AskInput & AskAllInput);
  if (tasks !== undefined) {
    const several = parsedAs(taskNames, tasks);
    if ('value' in several && task === undefined) return { tasks: several.value };
    throw invalidInput('tasks: expected names of tasks of the configuration, each once, and no task beside them');
  }
  if (typeof task === 'string' && task !== '' && task.length <= MAX_TASK_CHARS) return { task, tasks: [task] };
  throw invalidInput('task: expected the name of a task of the configuration');
}
