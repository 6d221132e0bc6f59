import { InvalidArgumentError, type Command } from 'commander';
import { dollars, duration, exits } from './arguments.js';
import {
  backfillSchedule,
  deleteSchedule,
  pauseSchedule,
  triggerSchedule,
  unpauseSchedule,
} from './schedule-control.js';
import { createSchedule, updateSchedule } from './schedule-create.js';
import { describeSchedule, listSchedules } from './schedule-show.js';

export function addSchedule(program: Command): void {
  const schedule = program.command('schedule').description('recurring runs on a feed, a web page or files');
  const withId = (name: string, description: string) =>
    schedule.command(name).description(description).argument('<id>');

  for (const [name, description, action] of [
    ['create', 'make a schedule', createSchedule],
    ['update', 'change what is named and leave the rest', updateSchedule],
  ] as const) {
    withId(name, description)
      .option('--cron <expression>', 'when, like "0 7 * * *"')
      .option('--timezone <name>', 'of the cron, like Europe/Berlin (default UTC)')
      .option('--every <time>', 'instead of a cron: 30s, 15m, 1d', duration)
      .option('--source <source>', 'file:PATH (a file, a folder, a glob), url:https://… or feed:https://…')
      .option('--out <file>', 'add results to this JSONL file of the worker')
      .option('--webhook <url>', 'instead of a file: POST each result to this address')
      .option('--webhook-secret-env <name>', "sign with the secret in this variable of the worker's environment")
      .option('--max-cost <usd>', 'one run never spends more than this, in US dollars', dollars)
      .option('--max-items <n>', 'one run takes no more items than this', items)
      .option('--no-check', 'do not read the source now (when only the worker can)')
      .action(exits(action));
  }
  schedule.command('list').description('all schedules').option('--json', 'as JSON', false).action(exits(listSchedules));
  withId('describe', 'what it does, its next five times, its last five runs')
    .option('--json', 'as JSON', false)
    .action(exits(describeSchedule));
  withId('pause', 'start no more runs')
    .option('--note <text>', 'why, for whoever looks', 'paused by an operator')
    .action(exits(pauseSchedule));
  withId('unpause', 'start runs again').action(exits(unpauseSchedule));
  withId('trigger', 'one run now').action(exits(triggerSchedule));
  withId('backfill', 'the runs of a time that has passed')
    .requiredOption('--from <time>', 'like 2026-11-01T00:00:00Z', instant)
    .requiredOption('--to <time>', 'like 2026-11-02T00:00:00Z', instant)
    .action(exits(backfillSchedule));
  withId('delete', 'the schedule, not its runs').action(exits(deleteSchedule));
}

function items(value: string): number {
  const number = Number(value);
  if (Number.isInteger(number) && number > 0) return number;
  throw new InvalidArgumentError('expected a number of items, 1 or more');
}

function instant(value: string): Date {
  const date = new Date(value);
  if (/^\d{4}-\d\d-\d\d/.test(value) && !Number.isNaN(date.getTime())) return date;
  throw new InvalidArgumentError('expected a time like 2026-11-01T07:00:00Z');
}
