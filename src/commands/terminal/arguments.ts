import { InvalidArgumentError } from 'commander';
import ms from 'ms';
import { parsedAs } from '../../domain/input.js';
import { taskNames } from '../../domain/task.js';

/** @throws InvalidArgumentError, here and below, which the command line prints beside the option's name */
export function wholeNumber(least: number, most: number): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (value.trim() !== '' && Number.isInteger(number) && number >= least && number <= most) return number;
    throw new InvalidArgumentError(`expected a whole number from ${least} to ${most}`);
  };
}

/** The Web UI is 1,000 above. */
export const port = wholeNumber(1, 64_535);

/** @returns milliseconds */
export function duration(value: string): number {
  const parsed: number | undefined = /^\d/.test(value) && value.length < 20 ? ms(value as ms.StringValue) : undefined;
  if (parsed !== undefined && parsed >= 1) return parsed;
  throw new InvalidArgumentError('expected a time like 90s, 10m or 1h');
}

/** The server's limit is 1,000 bytes; the Web UI shows far less. */
export function workflowId(value: string): string {
  if (value.trim() !== '' && Buffer.byteLength(value) <= 1_000) return value;
  throw new InvalidArgumentError('expected an id of 1 to 1000 bytes');
}

/** Of a batch or a schedule: it becomes part of the ids of their runs, behind a slash. */
export function name(value: string): string {
  if (/^[\w.-]{1,100}$/.test(value)) return value;
  throw new InvalidArgumentError('expected at most 100 letters, digits, dots, - and _');
}

/** US dollars. */
export function dollars(value: string): number {
  const number = /^\d*\.?\d+$/.test(value) ? Number(value) : 0;
  if (number > 0 && Number.isFinite(number)) return number;
  throw new InvalidArgumentError('expected US dollars, like 0.05');
}

/** Names of tasks, like `sentiment,topics`; as an option it is given once. */
export function taskList(value: string, before?: readonly string[]): string[] {
  if (before !== undefined) throw new InvalidArgumentError('given twice; name several like sentiment,topics');
  const parsed = parsedAs(
    taskNames,
    value.split(',').map((each) => each.trim()),
  );
  if ('value' in parsed) return parsed.value;
  throw new InvalidArgumentError(`expected names of tasks, each once, like sentiment,topics (${parsed.problem})`);
}

/** One line, as lists show it. */
export function reason(value: string): string {
  const line = value.replace(/\s+/g, ' ').trim();
  if (line !== '' && line.length <= 300) return line;
  throw new InvalidArgumentError('expected 1 to 300 characters');
}

export function instant(value: string): Date {
  const date = new Date(value);
  if (/^\d{4}-\d\d-\d\d/.test(value) && !Number.isNaN(date.getTime())) return date;
  throw new InvalidArgumentError('expected a time like 2026-11-01T07:00:00Z');
}
