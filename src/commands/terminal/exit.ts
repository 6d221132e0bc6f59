import { isGrpcServiceError, NamespaceNotFoundError, ServiceError, WorkflowNotFoundError } from '@temporalio/client';
import { CommanderError } from 'commander';
import { ConfigError } from '../../config/config-schema.js';
import { SetupError } from '../../temporal/setup-error.js';
import { Interrupted, INTERRUPTED } from './interrupt.js';
import { say } from './say.js';
import { UsageError } from './errors.js';

/** Makes the action of a command from a function that gives the exit code of the process. */
export const exits =
  <A extends unknown[]>(action: (...args: A) => Promise<number>) =>
  async (...args: A) => {
    process.exitCode = await action(...args);
  };

/** Runs a program to its end; what the person has to mend is told in a line or two, and makes the exit code 2. */
export async function toldInWords(program: () => Promise<unknown>): Promise<void> {
  try {
    await program();
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? 0 : 2; // --help and --version end this way too
      return;
    }
    if (error instanceof Interrupted) {
      process.exitCode = INTERRUPTED;
      return;
    }
    process.exitCode = 2;
    const words = wordsOf(error);
    if (words === undefined) throw error;
    say(words);
  }
}

/** @returns undefined for a defect of ours */
function wordsOf(error: unknown): string | undefined {
  if (error instanceof UsageError || error instanceof ConfigError || error instanceof SetupError) return error.message;
  if (error instanceof WorkflowNotFoundError || error instanceof NamespaceNotFoundError) return error.message;
  const cause = error instanceof ServiceError ? error.cause : error;
  if (isGrpcServiceError(cause)) return `the Temporal server refuses: ${cause.details || cause.message}`;
  return error instanceof ServiceError ? `the Temporal server refuses: ${error.message}` : undefined;
}
