import { Command } from 'commander';
import { addAnalyze } from './commands/analyze.js';
import { addBatch } from './commands/batch.js';
import { addDoctor } from './commands/doctor.js';
import { exitWith } from './commands/exit.js';
import { addOutage } from './commands/outage.js';
import { addRun } from './commands/run.js';
import { addSchedule } from './commands/schedule.js';
import { addUp } from './commands/up.js';
import { addWorker } from './commands/worker.js';

const program = new Command('understudy')
  .description('Durable AI text analysis: when one provider fails, another takes over.')
  .exitOverride()
  .configureOutput({
    outputError: (text, write) => {
      write(`${text.trim().split('\n').slice(0, 2).join('\n')}\n`);
    },
  })
  .showSuggestionAfterError();

addRun(program);
addUp(program);
addWorker(program);
addAnalyze(program);
addBatch(program);
addSchedule(program);
addOutage(program);
addDoctor(program);

await exitWith(async () => {
  await program.parseAsync();
  return Number(process.exitCode ?? 0);
});

// Calls to a server that is gone are retried for half a minute; nobody waits for their answers.
process.stdout.write('', () => process.exit());
