import { InvalidArgumentError } from 'commander';
import ms from 'ms';
import { exitWith } from './exit.js';

/** Makes the action of a command from a function that gives the exit code of the process. */
export const exits =
  <A extends unknown[]>(action: (...args: A) => Promise<number>) =>
  (...args: A) =>
    exitWith(() => action(...args));

/** @throws InvalidArgumentError, here and below, which the command line prints beside the option's name */
export function port(value: string): number {
  const number = Number(value);
  if (Number.isInteger(number) && number > 0 && number <= 64_535) return number;
  throw new InvalidArgumentError('expected a port from 1 to 64535');
}

/** @returns milliseconds */
export function duration(value: string): number {
  const parsed: number | undefined = /^\d/.test(value) && value.length < 20 ? ms(value as ms.StringValue) : undefined;
  if (parsed !== undefined && parsed > 0) return parsed;
  throw new InvalidArgumentError('expected a time like 90s, 10m or 1h');
}

/** The server's limit is 1,000 bytes; the Web UI shows far less. */
export function workflowId(value: string): string {
  if (value.trim() !== '' && Buffer.byteLength(value) <= 1_000) return value;
  throw new InvalidArgumentError('expected an id of 1 to 1000 bytes');
}

export function dollars(value: string): number {
  const number = Number(value);
  if (value.trim() !== '' && Number.isFinite(number) && number > 0) return number;
  throw new InvalidArgumentError('expected US dollars, like 0.05');
}
