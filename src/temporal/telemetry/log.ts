import { telemetryEnvironment } from '../../config/config.js';
import { printable, printableJson } from '../../domain/text.js';

export type Level = 'TRACE' | 'DEBUG' | 'INFO' | 'WARN' | 'ERROR';
const LEVELS: readonly Level[] = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR'];

/** What may stand beside a message: names and ids. Whatever else the SDK hands over, inputs among it, is left out. */
const FIELDS = [
  ...['workflowId', 'runId', 'workflowType', 'activityType', 'taskQueue', 'attempt'],
  ...['provider', 'model', 'unit', 'kind', 'phase', 'notice'],
];
const MAX_MESSAGE_CHARS = 2_000;

/** The least that is written: `LOG_LEVEL`, INFO where it says nothing that is a level. */
export function logLevel(): Level {
  const named = telemetryEnvironment().logLevel?.toUpperCase();
  return LEVELS.find((level) => level === named) ?? 'INFO';
}

export function isLogged(level: Level, least: Level): boolean {
  return LEVELS.indexOf(level) >= LEVELS.indexOf(least);
}

/** One event as one line: for a person, or JSON where `LOG_FORMAT` says so. */
function logLine(
  level: Level,
  message: string,
  meta: Readonly<Record<string, unknown>> = {},
  nowMs: number = Date.now(),
): string {
  const { error, said } = meta;
  const words = error instanceof Error ? error.message : said;
  const reason = typeof words === 'string' ? words.slice(0, MAX_MESSAGE_CHARS) : undefined;
  const time = new Date(nowMs).toISOString();
  const told = FIELDS.flatMap((name): [string, string | number][] => {
    const value = meta[name];
    return typeof value === 'string' || typeof value === 'number' ? [[name, value]] : [];
  });
  const event = message.slice(0, MAX_MESSAGE_CHARS);
  if (telemetryEnvironment().logFormat?.toLowerCase() === 'json') {
    const fields = Object.fromEntries(told);
    return printableJson({ time, level, message: event, ...fields, ...(reason !== undefined && { error: reason }) });
  }
  const beside = told.map(([name, value]) => ` ${name}=${value}`).join('');
  return printable(`${time} ${level} ${event}${reason === undefined ? '' : `: ${reason}`}${beside}`);
}

/** Writes an event to standard error, as standard output is for results. */
export function log(level: Level, message: string, meta?: Readonly<Record<string, unknown>>): void {
  if (isLogged(level, logLevel())) process.stderr.write(`${logLine(level, message, meta)}\n`);
}

/** A line for the person who started a worker, as it is; an event among the others where these are JSON. */
export function tellPerson(line: string): void {
  const isJson = telemetryEnvironment().logFormat?.toLowerCase() === 'json';
  process.stderr.write(`${isJson ? logLine('INFO', line) : printable(line)}\n`);
}
