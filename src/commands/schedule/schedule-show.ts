import type { Client, ScheduleExecutionResult, ScheduleSpecDescription } from '@temporalio/client';
import { WorkflowFailedError, WorkflowNotFoundError } from '@temporalio/client';
import { ActivityFailure } from '@temporalio/common';
import { filesOf, type HostFiles } from '../../domain/schedule/host-files.js';
import type { RecurringReport } from '../../domain/schedule/report.js';
import { oneLine, printable } from '../../domain/text.js';
import { connectClient, targetFromEnvironment } from '../../temporal/connection.js';
import { hostAway } from '../batch/batch-now.js';
import { shownSink, shownSource } from './schedule-action.js';
import { handleOf, inputIn } from './schedule-handle.js';
import { memoryStatus } from './schedule-memory.js';
import { clock } from '../terminal/clock.js';
import { facts } from '../terminal/facts.js';
import { money } from '../terminal/money.js';
import { printed, printJson, say } from '../terminal/say.js';
import { screenOf, type Screen } from '../terminal/screen.js';
import { table } from '../terminal/table.js';

const SHOWN_TIMES = 5;
const SHOWN_TROUBLES = 20;

export async function listSchedules({ json }: { json: boolean }): Promise<number> {
  const client = await connectClient(targetFromEnvironment());
  const schedules = [];
  for await (const { scheduleId, action, spec, state, info } of client.schedule.list()) {
    if (action?.workflowType !== 'recurring') continue;
    const [next] = info.nextActionTimes;
    schedules.push({
      id: scheduleId,
      times: spec ? shownTimes(spec) : '',
      paused: state.paused,
      next: next?.toISOString(),
    });
  }
  if (json) printJson(schedules);
  else if (schedules.length === 0) say('no schedules; make one with: npx understudy schedule create');
  else {
    const rows = schedules.map(({ id, times, paused, next }) => [id, times, paused ? 'paused' : nextRun(next)]);
    printed(table([{ title: 'schedule' }, { title: 'times' }, { title: 'next run' }], rows, screenOf(process.stdout)));
  }
  return 0;
}

export async function describeSchedule(id: string, { json }: { json: boolean }): Promise<number> {
  const client = await connectClient(targetFromEnvironment());
  const { action, spec, state, policies, info } = await (await handleOf(client, id)).describe();
  const { source, sink, tasks, deadlineMs, maxCostUsd, maxItems } = inputIn(action.args?.[0], id);
  const recent = info.recentActions.slice(-SHOWN_TIMES).reverse();
  const runs = await Promise.all(recent.map((each) => runOf(client, each)));
  const memory = await memoryStatus(client, id);
  const named = filesOf({ source, sink });
  const files = [memory?.files, ...runs.map((run) => run.files)].find((each) => each?.of === named);
  const away = files && (await hostAway(client, { host: files.host, filesQueue: files.queue }));
  const { troubled = [] } = memory ?? {};
  const next = info.nextActionTimes.slice(0, SHOWN_TIMES).map((at) => at.toISOString());
  const shown = {
    id,
    times: shownTimes(spec),
    paused: state.paused,
    ...(state.note && { note: printable(state.note) }),
    source: shownSource(source),
    sink: shownSink(sink),
    ...(files?.host !== undefined && {
      files: `on ${files.host}${away === undefined ? '' : ', where no worker answers: runs wait for one'}`,
    }),
    ...(tasks && { tasks: tasks.join(', ') }),
    ...(deadlineMs !== undefined && { deadline: exactly(deadlineMs) }),
    ...(maxCostUsd !== undefined && { maxCostUsd }),
    ...(maxItems !== undefined && { maxItems }),
    overlap: policies.overlap,
    catchupWindow: exactly(policies.catchupWindow),
    runs: info.numActionsTaken,
    skipped: info.numActionsSkippedOverlap,
    missed: info.numActionsMissedCatchupWindow,
  };
  if (json) {
    printJson({ ...shown, next, lastRuns: runs.map(({ files: _, ...run }) => run), troubled });
    return 0;
  }
  const screen = screenOf(process.stdout);
  const known = Object.entries(shown).map(([name, value]) => [name, String(value)] as const);
  const times = next.map((at) => clock(Date.parse(at), screen));
  const ended = runs.map((run) => printable(shownRun(run, screen)));
  const troubles = troubled
    .slice(-SHOWN_TROUBLES)
    .map(({ name, what, error: { type, message } }) => printable(`${what}  ${name}  ${type}: ${message}`));
  const head = `without a good result: ${troubled.length} (try again: npx understudy schedule retry ${id})`;
  printed([
    ...facts(known, screen),
    ...['next times:', ...times.map(indented), 'last runs:', ...ended.map(indented)],
    ...(troubled.length === 0 ? [] : [head, ...troubles.map(indented)]),
  ]);
  return 0;
}

const nextRun = (next: string | undefined) => (next === undefined ? 'never' : { atMs: Date.parse(next) });

interface Run {
  workflowId: string;
  /** ISO 8601 */
  takenAt: string;
  status: string;
  /** Of a run that is completed. */
  report?: Omit<RecurringReport, 'progress'>;
  /** Why a run failed. */
  error?: string;
  /** Who has the files, as a run knew it. */
  files?: HostFiles;
}

async function runOf(client: Client, { takenAt, action: { workflow } }: ScheduleExecutionResult): Promise<Run> {
  const { workflowId, firstExecutionRunId } = workflow;
  const run = { workflowId, takenAt: takenAt.toISOString() };
  let status = 'no longer kept by the server';
  try {
    status = (await client.workflow.getHandle(workflowId).describe()).status.name; // of the last run of its chain
    if (status === 'RUNNING') return { ...run, status };
    const handle = client.workflow.getHandle(workflowId, firstExecutionRunId);
    const { progress, ...report } = (await handle.result()) as RecurringReport;
    const { files } = progress;
    return { ...run, status, report, ...(files && { files }) };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return { ...run, status };
    if (!(error instanceof WorkflowFailedError)) throw error;
    const { cause } = error;
    const reason = (cause instanceof ActivityFailure ? cause.cause : cause) ?? error;
    return { ...run, status, error: oneLine(reason.message, 500) };
  }
}

function shownRun({ takenAt, status, report, error }: Run, screen: Screen): string {
  const { putOff, ...numbers } = report ?? {};
  const counts = Object.entries(numbers).filter(([name, value]) => name === 'taken' || (value !== 0 && value !== null));
  const what = counts
    .map(([name, value]) => (name === 'costUsd' ? money(value) : `${String(value)} ${name}`))
    .join(', ');
  const why = putOff && `${putOff.type}: ${putOff.message}`;
  return [clock(Date.parse(takenAt), screen), status.toLowerCase(), error ?? what, why].filter(Boolean).join('  ');
}

/** @returns like `0 7 * * * Europe/Berlin` or `every 15m` */
function shownTimes({ intervals = [], calendars = [], timezone }: ScheduleSpecDescription): string {
  const crons = calendars.map(({ comment }) => printable(comment ?? 'a calendar'));
  const zone = timezone === undefined || timezone === '' ? 'UTC' : timezone;
  return [...intervals.map(({ every }) => `every ${exactly(every)}`), ...crons.map((cron) => `${cron} ${zone}`)].join(
    ', ',
  );
}

/** Unlike `ms`, which makes 2h of 90 minutes. */
function exactly(milliseconds: number): string {
  const [unit, length] = UNITS.find(([, each]) => milliseconds % each === 0) ?? ['ms', 1];
  return `${milliseconds / length}${unit}`;
}

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
] as const;

function indented(line: string): string {
  return `  ${line}`;
}
