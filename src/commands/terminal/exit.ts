import { CommanderError } from 'commander';
import { Interrupted, INTERRUPTED } from './interrupt.js';
import { say } from './say.js';

/** Makes the action of a command from a function that gives the exit code of the process. */
export const exits =
  <A extends unknown[]>(action: (...args: A) => Promise<number>) =>
  async (...args: A) => {
    process.exitCode = await action(...args);
  };

/** The same for a function whose code is read when it runs: `--help` and bad usage do without. */
export const loaded =
  <A extends unknown[]>(load: () => Promise<(...args: A) => Promise<number>>) =>
  async (...args: A) => {
    process.exitCode = await (await load())(...args);
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
    const words = await wordsOf(error);
    process.exitCode = words === undefined ? 1 : 2;
    say(words ?? `a defect of understudy: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  }
}

/** Errors that were made for the person, by name: where they come from is read only when it is needed. */
const TOLD_AS_THEY_ARE = new Set([
  ...['UsageError', 'ConfigError', 'SetupError'],
  ...['WorkflowNotFoundError', 'NamespaceNotFoundError'],
]);

/** @returns undefined for a defect of ours */
async function wordsOf(error: unknown): Promise<string | undefined> {
  if (!(error instanceof Error)) return undefined;
  if (TOLD_AS_THEY_ARE.has(error.name)) return error.message;
  const { isGrpcServiceError, ServiceError } = await import('../../temporal/client-library.js');
  const cause = error instanceof ServiceError ? error.cause : error;
  if (isGrpcServiceError(cause)) return `the Temporal server refuses: ${cause.details || cause.message}`;
  return error instanceof ServiceError ? `the Temporal server refuses: ${error.message}` : undefined;
}
