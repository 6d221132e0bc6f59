import { ScheduleAlreadyRunning, ScheduleOverlapPolicy, type ScheduleSpec } from '@temporalio/client';
import { loadConfig } from '../../config/config.js';
import type { RecurringInput } from '../../domain/schedule/recurring.js';
import { connectClient, targetFromEnvironment } from '../../temporal/connection.js';
import { actionFor } from './schedule-action.js';
import { itemsToRead } from './schedule-check.js';
import { handleOf, inputIn, refusingBadTimes } from './schedule-handle.js';
import { tellMemory } from './schedule-memory.js';
import { inputFrom, specFrom, type ScheduleFlags } from './schedule-options.js';
import { print, say } from '../terminal/say.js';
import { UsageError } from '../terminal/errors.js';

/** Runs that a server could not start while it was down are made up for, this far back. */
const CATCHUP_WINDOW = '1 day';

export async function createSchedule(id: string, flags: ScheduleFlags): Promise<number> {
  const config = loadConfig();
  const spec = specFrom(flags);
  if (!spec) throw new UsageError('no time: give --cron "0 7 * * *" or --every 15m');
  const { source, sink, ...limits } = inputFrom(flags, config);
  if (!source) throw new UsageError('no --source: expected file:PATH, url:https://… or feed:https://…');
  if (!sink) throw new UsageError('nowhere to put results: give --out FILE or --webhook URL');
  const input: RecurringInput = { schedule: id, source, sink, ...limits };
  const client = await connectClient(targetFromEnvironment());
  const found = flags.check ? await itemsToRead(input, config) : undefined;
  try {
    await refusingBadTimes(flags, () =>
      client.schedule.create({
        scheduleId: id,
        spec,
        action: actionFor(input),
        policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: CATCHUP_WINDOW },
      }),
    );
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    throw new UsageError(`schedule ${id} exists; change it with: npx understudy schedule update ${id} …`);
  }
  await tellMemory(client, id, 'forget'); // of one of the same name that was deleted by other means
  const { info } = await client.schedule.getHandle(id).describe();
  const next = info.nextActionTimes[0]?.toISOString() ?? 'never';
  print(`${id}: next run ${next}`);
  if (found !== undefined) say(`${found} ${found === 1 ? 'item' : 'items'} there now; the first run takes them`);
  return 0;
}

/** Changes what the flags name and leaves the rest, also what was seen. */
/** Another time of day is one of the same place, unless the flags or the cron itself name another. */
function inZoneOf(timezone: string | undefined, spec: ScheduleSpec): ScheduleSpec {
  const namesZone = spec.timezone !== undefined || spec.cronExpressions?.some((cron) => /^\s*(CRON_)?TZ=/.test(cron));
  return timezone === undefined || spec.cronExpressions === undefined || namesZone ? spec : { ...spec, timezone };
}

export async function updateSchedule(id: string, flags: ScheduleFlags): Promise<number> {
  const config = loadConfig();
  const spec = specFrom(flags);
  const client = await connectClient(targetFromEnvironment());
  const handle = await handleOf(client, id);
  const { action } = await handle.describe();
  const before = inputIn(action.args?.[0], id);
  const changes = inputFrom(flags, config, before);
  if (!spec && Object.keys(changes).length === 0) throw new UsageError('nothing to change: name an option');
  const isElsewhere = (changes.source ?? changes.sink) !== undefined;
  const { revision = 0 } = before;
  const input = { ...before, ...changes, ...(isElsewhere && { revision: revision + 1 }) };
  if (flags.check && isElsewhere) await itemsToRead(input, config);
  if (isElsewhere) await tellMemory(client, id, 'remember', { files: null }); // who has them is asked anew
  await refusingBadTimes(flags, () =>
    handle.update((previous) => ({
      ...previous,
      ...(spec && { spec: inZoneOf(previous.spec.timezone, spec) }),
      action: actionFor(input),
    })),
  );
  print(`${id}: updated`);
  return 0;
}
