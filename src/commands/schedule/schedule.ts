import type { Command } from 'commander';
import { dollars, duration, instant, name, reason, taskNames, wholeNumber } from '../terminal/arguments.js';
import { examples } from '../terminal/examples.js';
import { exits } from '../terminal/exit.js';
import {
  backfillSchedule,
  deleteSchedule,
  pauseSchedule,
  retrySchedule,
  triggerSchedule,
  unpauseSchedule,
} from './schedule-control.js';
import { createSchedule, updateSchedule } from './schedule-create.js';
import { describeSchedule, listSchedules } from './schedule-show.js';

export function addSchedule(program: Command): void {
  const schedule = program.command('schedule').description('recurring runs on a feed, a web page or files');
  schedule.addHelpText('after', examples('schedule list', 'schedule describe daily-news', 'schedule create --help'));
  const withId = (command: string, description: string) =>
    schedule.command(command).description(description).argument('<id>', 'the name of the schedule', name);
  const withFlags = (command: Command) =>
    command
      .option('--cron <expression>', 'when, like "0 7 * * *"')
      .option('--timezone <name>', 'of the cron, like Europe/Berlin (default: UTC)')
      .option('--every <time>', 'instead of a cron: 30s, 15m, 1d', duration)
      .option('--source <source>', 'file:PATH (a file, a folder, a glob), url:https://… or feed:https://…')
      .option(
        '--source-auth-env <name>',
        "tell the source what this variable of the worker's environment holds (network.sourceAuth)",
      )
      .option('--out <file>', 'add results to this JSONL file of the worker')
      .option('--webhook <url>', 'instead of a file: POST each result to this address')
      .option('--webhook-secret-env <name>', "sign with the secret in this variable of the worker's environment")
      .option('--max-cost <usd>', 'one run never spends more than this, in US dollars', dollars)
      .option('--max-items <n>', 'one run takes no more items than this', wholeNumber(1, 1_000_000))
      .option(
        '--task <names>',
        'ask for these tasks of the configuration instead of an analysis: topics,sentiment',
        taskNames,
      )
      .option('--deadline <time>', 'leave an item without a result after this time for the next run', duration)
      .option('--no-check', 'do not read the source now (when only the worker can)');

  withFlags(withId('create', 'make a schedule'))
    .addHelpText(
      'after',
      examples(
        'schedule create daily-news --cron "0 7 * * *" --timezone Europe/Berlin --source feed:https://example.org/rss --out news.jsonl',
        'schedule create notes --every 15m --source "file:notes/*.txt" --webhook https://example.org/hook --webhook-secret-env UNDERSTUDY_WEBHOOK_NOTES',
      ),
    )
    .action(exits(createSchedule));
  withFlags(withId('update', 'change what is named and leave the rest'))
    .addHelpText('after', examples('schedule update daily-news --cron "30 6 * * 1-5" --timezone Europe/Berlin'))
    .action(exits(updateSchedule));
  schedule
    .command('list')
    .description('show all schedules')
    .addHelpText('after', examples('schedule list', 'schedule list --json'))
    .option('--json', 'as JSON', false)
    .action(exits(listSchedules));
  withId('describe', 'show what it does, its next five times, and how its last five runs ended')
    .option('--json', 'as JSON', false)
    .addHelpText('after', examples('schedule describe daily-news'))
    .action(exits(describeSchedule));
  withId('pause', 'start no more runs')
    .option('--note <text>', 'why, for whoever looks', reason, 'paused by an operator')
    .addHelpText('after', examples('schedule pause daily-news --note "the feed moves"'))
    .action(exits(pauseSchedule));
  withId('unpause', 'start runs again')
    .addHelpText('after', examples('schedule unpause daily-news'))
    .action(exits(unpauseSchedule));
  withId('trigger', 'start one run now')
    .addHelpText('after', examples('schedule trigger daily-news'))
    .action(exits(triggerSchedule));
  withId('retry', 'take up again what failed, or was refused by the webhook')
    .addHelpText('after', examples('schedule retry daily-news'))
    .action(exits(retrySchedule));
  withId('backfill', 'start the runs that a past period would have had, one after the other')
    .requiredOption('--from <time>', 'like 2026-11-01T00:00:00Z', instant)
    .requiredOption('--to <time>', 'like 2026-11-02T00:00:00Z', instant)
    .addHelpText(
      'after',
      examples('schedule backfill daily-news --from 2026-11-01T00:00:00Z --to 2026-11-02T00:00:00Z'),
    )
    .action(exits(backfillSchedule));
  withId('delete', 'delete a schedule; its runs stay')
    .option('--yes', 'do not ask on a terminal', false)
    .addHelpText('after', examples('schedule delete daily-news', 'schedule delete daily-news --yes'))
    .action(exits(deleteSchedule));
}
