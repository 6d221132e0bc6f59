import { relative, resolve } from 'node:path';
import type { ScheduleSpec } from '@temporalio/client';
import type { Config } from '../../config/config-schema.js';
import type { RecurringInput, Sink, Source } from '../../domain/schedule/recurring.js';
import { UsageError } from '../terminal/errors.js';

/** What a person says of a schedule; at `update`, only what shall change. */
export interface ScheduleFlags {
  cron?: string;
  timezone?: string;
  /** Milliseconds. */
  every?: number;
  source?: string;
  out?: string;
  webhook?: string;
  webhookSecretEnv?: string;
  /** US dollars. */
  maxCost?: number;
  maxItems?: number;
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
  if (cron !== undefined)
    return { cronExpressions: [`${cron} # ${cron}`], ...(timezone !== undefined && { timezone }) };
  if (timezone !== undefined) throw new UsageError('--timezone goes with --cron: give both');
  return undefined;
}

function requireTimezone(timezone: string): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone: timezone });
  } catch {
    throw new UsageError(`--timezone ${timezone}: no such timezone; expected a name like Europe/Berlin or UTC`);
  }
}

/**
 * @param before the sink that is updated
 * @returns what the flags say of the input of the runs, and no more
 * @throws UsageError
 */
export function inputFrom(flags: ScheduleFlags, config: Config, before?: Sink): Partial<RecurringInput> {
  const { source, maxCost, maxItems } = flags;
  const sink = sinkFrom(flags, config, before);
  return {
    ...(source !== undefined && { source: sourceFrom(source, config) }),
    ...(sink && { sink }),
    ...(maxCost !== undefined && { maxCostUsd: maxCost }),
    ...(maxItems !== undefined && { maxItems }),
  };
}

function sourceFrom(source: string, config: Config): Source {
  const [, kind, place = ''] = /^(file|url|feed):(.+)$/s.exec(source) ?? [];
  if (kind === 'file') return { kind, path: fromRoot(place, config) };
  if (kind === 'url' || kind === 'feed') return { kind, url: webAddress(place, `--source ${kind}:`) };
  throw new UsageError(`--source ${shown(source)}: expected file:PATH, url:https://… or feed:https://…`);
}

function sinkFrom(flags: ScheduleFlags, config: Config, before: Sink | undefined): Sink | undefined {
  const { out, webhook: named, webhookSecretEnv } = flags;
  const earlier = before?.kind === 'webhook' ? before : undefined;
  const webhook = named ?? (webhookSecretEnv === undefined ? undefined : earlier?.url);
  const secretEnv = webhookSecretEnv ?? (webhook === undefined ? undefined : earlier?.secretEnv);
  if (out !== undefined && webhook !== undefined) throw new UsageError('give --out or --webhook, not both');
  if (secretEnv !== undefined && webhook === undefined)
    throw new UsageError('--webhook-secret-env goes with --webhook');
  if (secretEnv !== undefined && !/^[A-Za-z_]\w*$/.test(secretEnv)) {
    throw new UsageError('--webhook-secret-env: expected the name of an environment variable, not its value');
  }
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
  return address.replace(/\/\/[^/@]*@/, '//').replace(/\?.*/s, '?…');
}
