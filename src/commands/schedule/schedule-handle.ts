import { ScheduleNotFoundError, type Client, type ScheduleHandle } from '@temporalio/client';
import { parsedAs } from '../../domain/input.js';
import { recurringInput, type RecurringInput } from '../../domain/schedule/recurring.js';
import { printable } from '../../domain/text.js';
import { UsageError } from '../terminal/errors.js';
import type { ScheduleFlags } from './schedule-options.js';

/** @throws UsageError when there is no such schedule, or it is none of ours */
export async function handleOf(client: Client, id: string): Promise<ScheduleHandle> {
  const handle = client.schedule.getHandle(id);
  try {
    const { action } = await handle.describe();
    if (action.workflowType !== 'recurring')
      throw new UsageError(`schedule ${id} starts ${printable(action.workflowType)}: not ours`);
    return handle;
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error;
    throw new UsageError(`no schedule ${id} (npx understudy schedule list shows all)`);
  }
}

/** What a schedule starts its runs with, whoever made it. @throws UsageError */
export function inputIn(given: unknown, id: string): RecurringInput {
  const parsed = parsedAs(recurringInput, given);
  if ('problem' in parsed) throw new UsageError(`schedule ${id} has an input that no run takes: ${parsed.problem}`);
  return parsed.value;
}

/** The server knows what a cron is, so it is the server that refuses one; the SDK makes a TypeError of that. */
export async function refusingBadTimes<T>({ cron }: ScheduleFlags, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (cron === undefined || !(error instanceof TypeError)) throw error;
    throw new UsageError(`--cron ${JSON.stringify(cron)}: ${error.message}`);
  }
}
