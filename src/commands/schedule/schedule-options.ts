import { relative, resolve } from 'node:path';
import type { ScheduleSpec } from '@temporalio/client';
import type { Config } from '../../config/config-schema.js';
import { variableName, type RecurringInput, type Sink, type Source } from '../../domain/schedule/recurring.js';
import { printable } from '../../domain/text.js';
import { requireTasks } from '../ask/require-tasks.js';
import { UsageError } from '../terminal/errors.js';

/** What a person says of a schedule; at `update`, only what shall change. */
export interface ScheduleFlags {
  cron?: string;
  timezone?: string;
  /** Milliseconds. */
  every?: number;
  source?: string;
  sourceAuthEnv?: string;
  out?: string;
  webhook?: string;
  webhookSecretEnv?: string;
  /** US dollars. */
  maxCost?: number;
  maxItems?: number;
  task?: string[];
  /** Milliseconds. */
  deadline?: number;
  check: boolean;
}

/** @returns undefined when no time is given */
export function specFrom({ cron, timezone, every }: ScheduleFlags): ScheduleSpec | undefined {
  if (cron !== undefined && every !== undefined) throw new UsageError('give --cron or --every, not both');
  if (timezone !== undefined) requireTimezone(timezone);
  if (every !== undefined) {
    if (timezone !== undefined) throw new UsageError('--timezone goes with --cron; --every means the same everywhere');
    if (every < 1_000) throw new UsageError(`--every ${every}ms: expected at least 1s`);
    return { intervals: [{ every }] };
  }
  if (cron !== undefined) requireFields(cron);
  if (cron !== undefined)
    return { cronExpressions: [`${cron} # ${cron}`], ...(timezone !== undefined && { timezone }) };
  if (timezone !== undefined) throw new UsageError('--timezone goes with --cron: give both');
  return undefined;
}

/**
 * Temporal takes a sixth field for a year; who writes six mostly means seconds, as many schedulers have them in front.
 * @throws UsageError with the five fields that were probably meant
 */
function requireFields(cron: string): void {
  const bare = cron
    .trim()
    .replace(/^(?:CRON_)?TZ=\S+\s+/, '')
    .replace(/\s#.*$/s, '');
  const fields = bare.split(/\s+/);
  if (fields.length < 6 || bare.startsWith('@')) return; // the server knows the others
  const endsWithYear = fields.length === 6 && /^\d{4}\b/.test(fields[5] ?? '');
  const meant = endsWithYear ? fields.slice(0, 5) : fields.slice(1, 6);
  throw new UsageError(
    `--cron ${JSON.stringify(printable(cron))} has ${fields.length} fields; expected five, without seconds and year: ` +
      `--cron ${JSON.stringify(printable(meant.join(' ')))}`,
  );
}

function requireTimezone(timezone: string): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone: timezone });
  } catch {
    throw new UsageError(`--timezone ${timezone}: no such timezone; expected a name like Europe/Berlin or UTC`);
  }
}

/**
 * @param before what is updated
 * @returns what the flags say of the input of the runs, and no more
 * @throws UsageError
 */
export function inputFrom(flags: ScheduleFlags, config: Config, before?: RecurringInput): Partial<RecurringInput> {
  const { maxCost, maxItems, task, deadline } = flags;
  if (task) requireTasks(task, config);
  const source = sourceFrom(flags, config, before?.source);
  const sink = sinkFrom(flags, config, before?.sink);
  return {
    ...(source && { source }),
    ...(sink && { sink }),
    ...(maxCost !== undefined && { maxCostUsd: maxCost }),
    ...(maxItems !== undefined && { maxItems }),
    ...(task && { tasks: task }),
    ...(deadline !== undefined && { deadlineMs: deadline }),
  };
}

function sourceFrom(flags: ScheduleFlags, config: Config, before: Source | undefined): Source | undefined {
  const { source, sourceAuthEnv } = flags;
  const named = source === undefined ? before : sourceNamed(source, config);
  if (sourceAuthEnv === undefined) return source === undefined ? undefined : named;
  requireVariable(sourceAuthEnv, '--source-auth-env');
  if (named === undefined || named.kind === 'file') {
    throw new UsageError('--source-auth-env goes with --source url:… or feed:…');
  }
  return { ...named, authEnv: sourceAuthEnv };
}

function sourceNamed(source: string, config: Config): Source {
  const [, kind, place = ''] = /^(file|url|feed):(.+)$/s.exec(source) ?? [];
  if (kind === 'file') return { kind, path: fromRoot(place, config) };
  if (kind === 'url' || kind === 'feed') return { kind, url: webAddress(place, `--source ${kind}:`) };
  throw new UsageError(`--source ${shown(source)}: expected file:PATH, url:https://… or feed:https://…`);
}

/** @throws UsageError, which does not repeat what may be the secret itself */
function requireVariable(name: string, flag: string): void {
  if (variableName().safeParse(name).success) return;
  throw new UsageError(`${flag}: expected the name of an environment variable, not its value`);
}

function sinkFrom(flags: ScheduleFlags, config: Config, before: Sink | undefined): Sink | undefined {
  const { out, webhook: named, webhookSecretEnv } = flags;
  const earlier = before?.kind === 'webhook' ? before : undefined;
  const webhook = named ?? (webhookSecretEnv === undefined ? undefined : earlier?.url);
  const secretEnv = webhookSecretEnv ?? (webhook === undefined ? undefined : earlier?.secretEnv);
  if (out !== undefined && webhook !== undefined) throw new UsageError('give --out or --webhook, not both');
  if (secretEnv !== undefined && webhook === undefined)
    throw new UsageError('--webhook-secret-env goes with --webhook');
  if (secretEnv !== undefined) requireVariable(secretEnv, '--webhook-secret-env');
  if (out !== undefined) return { kind: 'file', path: fromRoot(out, config) };
  if (webhook === undefined) return undefined;
  const url = webAddress(webhook, '--webhook ');
  return { kind: 'webhook', url, ...(secretEnv !== undefined && { secretEnv }) };
}

/** A person names paths from where they are, a worker reads them from its `files.root`. */
function fromRoot(path: string, { files }: Config): string {
  const named = relative(files.root, resolve(path));
  if (!/^\.\.(?:[/\\]|$)/.test(named)) return named || '.';
  throw new UsageError(`${path} is outside ${files.root}, the folder that files.root names`);
}

function webAddress(address: string, flag: string): string {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url && /^https?:$/.test(url.protocol)) return url.href;
  throw new UsageError(`${flag}${shown(address)}: expected an address that begins with https:// or http://`);
}

/** Without what may be a password or a token. */
function shown(address: string): string {
  return printable(address.replace(/\/\/[^/@]*@/, '//').replace(/\?.*/s, '?…'));
}
