import { isCancellation, TimeoutFailure } from '@temporalio/workflow';

/**
 * Asks the queues of other hosts in turn, until one has what is looked for. A host that has just gone is passed over.
 * @returns undefined when none has it
 */
export async function firstElsewhere<T extends object>(
  queues: readonly string[],
  ask: (taskQueue: string) => Promise<T | { elsewhere: string[] }>,
): Promise<T | undefined> {
  for (const taskQueue of queues) {
    const answer = await ask(taskQueue).catch((error: unknown) => {
      if (isCancellation(error) || !isTimeout(error)) throw error;
      return undefined;
    });
    if (answer && !('elsewhere' in answer)) return answer;
  }
  return undefined;
}

/** Nobody took it from its queue, or whoever did was gone before it was done. */
function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.cause instanceof TimeoutFailure;
}
