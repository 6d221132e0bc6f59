import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { memoryIdOf } from '../../domain/schedule/recurring.js';
import type { MemoryStatus } from '../../domain/schedule/memory.js';
import { statusOf } from '../terminal/follow.js';

/** What a schedule remembers; undefined where it does not yet, or no worker answers. */
export function memoryStatus(client: Client, id: string): Promise<MemoryStatus | undefined> {
  return statusOf<MemoryStatus>(client.workflow.getHandle(memoryIdOf(id)));
}

/** @returns whether there is a memory to be told */
export async function tellMemory(client: Client, id: string, signal: string, ...args: unknown[]): Promise<boolean> {
  try {
    await client.workflow.getHandle(memoryIdOf(id)).signal(signal, ...args);
    return true;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}
