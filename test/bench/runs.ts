import { randomUUID } from 'node:crypto';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { ANALYZE_TASKS, type AnalyzeInput } from '../../src/domain/analyze/analysis.js';
import { ANALYZE_TASK_QUEUE } from '../../src/domain/task-queues.js';
import type { analyze } from '../../src/workflows/analyze/analyze.js';
import type { BareCall } from './bare-activities.js';
import type { Stage } from './stage.js';

export const TEXT =
  'The new espresso machine arrived two days early and was set up in minutes. It heats quickly, the crema is rich, and ' +
  'cleaning it takes no effort at all. After a month of daily use I am delighted and have recommended it to two friends.';

/** One run, from the request to start it to its result in the client's hands. */
export type Run = () => Promise<unknown>;

export interface Runs {
  ours: Run;
  /** The same two questions by `ask`. */
  asked: Run;
  /** With encryption. */
  sealed: Run;
  /** Two activities that return at once. */
  bare: Run;
  /** Two activities that make the two HTTP calls that ours make, by plain `fetch`. */
  bareHttp: Run;
  /** These with a local activity before them, and search attributes written at the end. */
  bareAlike: Run;
  hop: Run;
  hopHttp: Run;
}

export function runsOn({ client, sealed, vendors }: Stage): Runs {
  const bareRun = (workflow: 'bare' | 'bareAlike' | 'bareHop', call: BareCall) => () =>
    client.workflow.execute(workflow, { taskQueue: 'bare', workflowId: randomUUID(), args: [call] });
  return {
    ours: async () => (await start(client, { text: TEXT })).result(),
    asked: () =>
      client.workflow.execute('ask', {
        taskQueue: ANALYZE_TASK_QUEUE,
        workflowId: randomUUID(),
        args: [{ tasks: ANALYZE_TASKS, text: TEXT }],
      }),
    sealed: async () => (await start(sealed, { text: TEXT })).result(),
    bare: bareRun('bare', { text: TEXT }),
    bareHttp: bareRun('bare', { text: TEXT, vendors }),
    bareAlike: bareRun('bareAlike', { text: TEXT, vendors }),
    hop: bareRun('bareHop', { text: TEXT }),
    hopHttp: bareRun('bareHop', { text: TEXT, vendors }),
  };
}

/** One run of ours. */
export function start(
  client: Client,
  input: AnalyzeInput,
  workflowId: string = randomUUID(),
): Promise<WorkflowHandle<typeof analyze>> {
  return client.workflow.start<typeof analyze>('analyze', { taskQueue: ANALYZE_TASK_QUEUE, workflowId, args: [input] });
}

/** @returns milliseconds */
export async function timed(run: Run): Promise<number> {
  const startedAtMs = performance.now();
  await run();
  return performance.now() - startedAtMs;
}

/** @returns runs per second, always so many at a time */
export async function rate(run: Run, count: number, concurrency: number): Promise<number> {
  const startedAtMs = performance.now();
  let left = count;
  const oneAfterAnother = async () => {
    while (left-- > 0) await run();
  };
  await Promise.all(Array.from({ length: concurrency }, oneAfterAnother));
  return count / ((performance.now() - startedAtMs) / 1000);
}

export async function warmUp(runs: Runs): Promise<void> {
  for (const run of Object.values(runs) as Run[]) await rate(run, 60, 10);
}
