import { ScheduleOverlapPolicy } from '@temporalio/client';
import { connectClient, targetFromEnvironment } from '../../temporal/connection.js';
import { actionFor } from './schedule-action.js';
import { handleOf, inputIn } from './schedule-handle.js';
import { memoryStatus, tellMemory } from './schedule-memory.js';
import { UsageError } from '../terminal/errors.js';
import { confirmed } from '../terminal/confirm.js';
import { print, say } from '../terminal/say.js';

const handleHere = async (id: string) => handleOf(await connectClient(targetFromEnvironment()), id);

export async function pauseSchedule(id: string, { note }: { note: string }): Promise<number> {
  await (await handleHere(id)).pause(note);
  return done(`${id}: paused; go on with: npx understudy schedule unpause ${id}`);
}

export async function unpauseSchedule(id: string): Promise<number> {
  const handle = await handleHere(id);
  await handle.unpause('unpaused');
  return done(`${id}: next run ${(await handle.describe()).info.nextActionTimes[0]?.toISOString() ?? 'never'}`);
}

/** One more run: now, or after the one under way. */
export async function triggerSchedule(id: string): Promise<number> {
  await (await handleHere(id)).trigger(ScheduleOverlapPolicy.BUFFER_ONE);
  return done(`${id}: triggered`);
}

/** The runs of a time that has passed, one after the other. */
export async function backfillSchedule(id: string, { from, to }: { from: Date; to: Date }): Promise<number> {
  if (from >= to) throw new UsageError(`--from ${from.toISOString()} is not before --to ${to.toISOString()}`);
  await (await handleHere(id)).backfill({ start: from, end: to, overlap: ScheduleOverlapPolicy.BUFFER_ALL });
  return done(`${id}: runs from ${from.toISOString()} to ${to.toISOString()} are on their way, one after the other`);
}

/** Has the next run take up again what failed or was refused, as far as the source still has it. */
export async function retrySchedule(id: string): Promise<number> {
  const client = await connectClient(targetFromEnvironment());
  const handle = await handleOf(client, id);
  const input = inputIn((await handle.describe()).action.args?.[0], id);
  const { troubled } = (await memoryStatus(client, id)) ?? { troubled: [] };
  if (troubled.length === 0) {
    say(`${id}: nothing that failed or was refused is known`);
    return 0;
  }
  await tellMemory(client, id, 'retry');
  const { revision = 0 } = input; // otherwise a source that has not changed would not be looked at
  await handle.update((previous) => ({ ...previous, action: actionFor({ ...input, revision: revision + 1 }) }));
  await handle.trigger(ScheduleOverlapPolicy.BUFFER_ONE);
  const items = `${troubled.length} ${troubled.length === 1 ? 'item' : 'items'}`;
  return done(`${id}: ${items} taken up again by a run that starts now, or after the one under way`);
}

/** A run under way goes on; what was seen is forgotten. */
export async function deleteSchedule(id: string, { yes }: { yes: boolean }): Promise<number> {
  const client = await connectClient(targetFromEnvironment());
  const handle = await handleOf(client, id);
  await handle.describe(); // who mistyped its name is not asked
  const question = `Delete ${id}? What it has seen is forgotten: one of the same name would take every item again.`;
  if (!yes && !(await confirmed(question))) {
    say(`${id} stays`);
    return 1;
  }
  await handle.delete();
  await tellMemory(client, id, 'forget');
  say('what it had seen is forgotten; its runs and results stay');
  return done(`${id}: deleted`);
}

function done(line: string): number {
  print(line);
  return 0;
}
