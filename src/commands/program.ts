import { readFileSync } from 'node:fs';
import { Command, Help, type Option } from 'commander';
import { packageFile } from '../package-root.js';
import { COMMANDS } from './commands.js';
import { sayUsage } from './terminal/say.js';

const AFTERWARDS = `
A command prints its result on standard output, and
everything else on standard error.
More: npx understudy help environment
      npx understudy help exit-codes
      npx understudy help configuration

Examples:
  $ npx understudy demo     # failover to look at
  $ npx understudy run      # everything once, on a sample
  $ npx understudy up       # server, Web UI and worker
  $ npx understudy analyze "The food was great."`;

/**
 * The command line, with the whole of the command that is asked for and the names of the others, as most of the time
 * that a command needs before it does anything would go into reading the rest.
 * @param args without the program's own name
 */
export async function understudyProgram(args: readonly string[]): Promise<Command> {
  const asked = args.find((arg) => !arg.startsWith('-'));
  return readProgram(asked === undefined ? [] : [asked]);
}

/** @param names whose code is read; of the others the program knows the names alone */
export async function readProgram(names: readonly string[] | 'all'): Promise<Command> {
  const { version } = JSON.parse(readFileSync(packageFile('package.json'), 'utf8')) as { version: string };
  const program = new Command('understudy')
    .description('Durable AI text analysis: when one provider fails, another takes over.')
    .version(version)
    .addHelpText('after', AFTERWARDS)
    .helpCommand(false)
    .exitOverride()
    .configureHelp({ optionDescription, minWidthToWrap: MIN_WIDTH_TO_WRAP })
    .configureOutput({ outputError: sayUsage })
    .showSuggestionAfterError()
    .hook('preAction', async (_, action) => {
      const command = action.parent?.parent ? action.parent : action; // `config check` is of config
      if (NEEDS_NO_CONFIGURATION.has(command.name())) return;
      const { loadConfig } = await import('../config/config.js');
      loadConfig(); // what a worker would refuse is refused before anything starts
    });
  for (const { name, about, load, hidden } of COMMANDS) {
    if (names === 'all' || names.includes(name)) (await load())(program, readProgram);
    else program.command(name, { hidden: hidden ?? false }).description(about);
  }
  return program;
}

/** In columns: what stands beside an option is told in lines of this width rather than cut anywhere by a narrow terminal. */
const MIN_WIDTH_TO_WRAP = 20;

/** They tell about it, make it, or do without it. */
const NEEDS_NO_CONFIGURATION = new Set(['help', 'completion', 'init', 'config', 'temporal', 'demo']);

/** That a flag is off unless given goes without saying. */
function optionDescription(option: Option): string {
  return option.isBoolean() ? option.description : new Help().optionDescription(option);
}
