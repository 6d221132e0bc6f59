import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { parsedAs } from '../../domain/input.js';
import { memoryState, nothingRemembered, type MemoryState, type News } from '../../domain/schedule/memory.js';
import { memoryIdOf } from '../../domain/schedule/recurring.js';
import { ANALYZE_TASK_QUEUE } from '../../domain/task-queues.js';
import { oneLine } from '../../domain/text.js';

/** What a schedule remembers; nothing where it has no memory yet. */
export async function memoryOf(client: Client, schedule: string): Promise<MemoryState> {
  try {
    const parsed = parsedAs(memoryState, await client.workflow.getHandle(memoryIdOf(schedule)).query('memory'));
    if ('problem' in parsed) throw new Error(`the memory of ${schedule} cannot be read: ${parsed.problem}`);
    return parsed.value;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return nothingRemembered;
    throw error;
  }
}

/** Tells it. One that somebody ended goes on with what it knew, as long as the server keeps that. */
export async function tellMemory(client: Client, schedule: string, news: News): Promise<void> {
  const workflowId = memoryIdOf(schedule);
  try {
    await client.workflow.getHandle(workflowId).signal('remember', news);
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    await client.workflow.signalWithStart('scheduleMemory', {
      workflowId,
      taskQueue: ANALYZE_TASK_QUEUE,
      args: [await memoryOf(client, schedule)],
      signal: 'remember',
      signalArgs: [news],
      staticSummary: oneLine(`what ${schedule} has taken`, MAX_SUMMARY_CHARS),
    });
  }
}

/** Temporal's limit is 400 bytes. */
const MAX_SUMMARY_CHARS = 130;
