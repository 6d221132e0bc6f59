import type { Command } from 'commander';
import { dollars, duration, instant, name, reason, taskList, wholeNumber } from '../terminal/arguments.js';
import { examples } from '../terminal/examples.js';
import { loaded } from '../terminal/exit.js';

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
        'ask these tasks of each item in one run, like sentiment,topics, in place of an analysis',
        taskList,
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
    .action(loaded(async () => (await import('./schedule-create.js')).createSchedule));
  withFlags(withId('update', 'change what is named and leave the rest'))
    .addHelpText('after', examples('schedule update daily-news --cron "30 6 * * 1-5" --timezone Europe/Berlin'))
    .action(loaded(async () => (await import('./schedule-create.js')).updateSchedule));
  schedule
    .command('list')
    .description('show all schedules')
    .addHelpText('after', examples('schedule list', 'schedule list --json'))
    .option('--json', 'as JSON', false)
    .action(loaded(async () => (await import('./schedule-show.js')).listSchedules));
  withId('describe', 'show what it does, its next five times, and how its last five runs ended')
    .option('--json', 'as JSON', false)
    .addHelpText('after', examples('schedule describe daily-news'))
    .action(loaded(async () => (await import('./schedule-show.js')).describeSchedule));
  withId('pause', 'start no more runs')
    .option('--note <text>', 'why, for whoever looks', reason, 'paused by an operator')
    .addHelpText('after', examples('schedule pause daily-news --note "the feed moves"'))
    .action(loaded(async () => (await import('./schedule-control.js')).pauseSchedule));
  withId('unpause', 'start runs again')
    .addHelpText('after', examples('schedule unpause daily-news'))
    .action(loaded(async () => (await import('./schedule-control.js')).unpauseSchedule));
  withId('trigger', 'start one run now')
    .addHelpText('after', examples('schedule trigger daily-news'))
    .action(loaded(async () => (await import('./schedule-control.js')).triggerSchedule));
  withId('retry', 'take up again what failed, or was refused by the webhook')
    .addHelpText('after', examples('schedule retry daily-news'))
    .action(loaded(async () => (await import('./schedule-control.js')).retrySchedule));
  withId('backfill', 'start the runs that a past period would have had, one after the other')
    .requiredOption('--from <time>', 'like 2026-11-01T00:00:00Z', instant)
    .requiredOption('--to <time>', 'like 2026-11-02T00:00:00Z', instant)
    .addHelpText(
      'after',
      examples('schedule backfill daily-news --from 2026-11-01T00:00:00Z --to 2026-11-02T00:00:00Z'),
    )
    .action(loaded(async () => (await import('./schedule-control.js')).backfillSchedule));
  withId('delete', 'delete a schedule; its runs stay')
    .option('--yes', 'do not ask on a terminal', false)
    .addHelpText('after', examples('schedule delete daily-news', 'schedule delete daily-news --yes'))
    .action(loaded(async () => (await import('./schedule-control.js')).deleteSchedule));
}
