import { readFileSync } from 'node:fs';
import { Command, Help, type Option } from 'commander';
import { loadConfig } from '../config/config.js';
import { addAnalyze } from './analyze/analyze.js';
import { addBatch } from './batch/batch.js';
import { addCodecServer } from './server/codec-server.js';
import { addDoctor } from './server/doctor.js';
import { addOutage } from './provider/outage.js';
import { addRun } from './server/run.js';
import { addSchedule } from './schedule/schedule.js';
import { addUp } from './server/up.js';
import { addWorker } from './server/worker.js';

const AFTERWARDS = `
A command prints its result on standard output and everything else on standard error.
Exit code: 0 done; 1 an analysis, a line of a batch or a check failed; 2 usage, configuration or connection; 130 Ctrl-C.
Configuration: understudy.yaml here, or the file that UNDERSTUDY_CONFIG names. Server: TEMPORAL_ADDRESS, or one on 127.0.0.1:7233.`;

/** The whole command line. Its commands set the exit code of the process; what the person has to mend is thrown. */
export function understudyProgram(): Command {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  const program = new Command('understudy')
    .description('Durable AI text analysis: when one provider fails, another takes over.')
    .version(version)
    .addHelpText('after', AFTERWARDS)
    .exitOverride()
    .configureHelp({ optionDescription })
    .configureOutput({
      outputError: (text, write) => {
        write(`${text.trim().split('\n').slice(0, 2).join('\n')}\n`);
      },
    })
    .showSuggestionAfterError()
    .hook('preAction', () => {
      loadConfig(); // what a worker would refuse is refused before anything starts
    });
  for (const add of [addRun, addUp, addWorker, addAnalyze, addBatch, addSchedule, addOutage, addDoctor, addCodecServer])
    add(program);
  return program;
}

/** That a flag is off unless given goes without saying. */
function optionDescription(option: Option): string {
  return option.isBoolean() ? option.description : new Help().optionDescription(option);
}
