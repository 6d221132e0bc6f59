import { CommanderError } from 'commander';
import { ConfigError } from '../config.js';
import { SetupError } from '../temporal/setup-error.js';
import { say } from './say.js';
import { UsageError } from './usage-error.js';

/** Runs a command and sets the exit code of the process: the command's own, or 2 for what the person has to mend. */
export async function exitWith(command: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await command();
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? 0 : 2; // --help and --version end this way too
      return;
    }
    process.exitCode = 2;
    if (!(error instanceof UsageError || error instanceof ConfigError || error instanceof SetupError)) throw error;
    say(error.message);
  }
}
