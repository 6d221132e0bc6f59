import type { BatchStatus } from '../../domain/batch/batch.js';
import { printable } from '../../domain/text.js';
import { doneIn } from '../../domain/batch/tally.js';

const number = new Intl.NumberFormat('en-US');

/** What came of a batch, or how far it is, for a person. */
export function batchSummary(id: string, state: string, status: BatchStatus): string {
  const { tally, total, startedAt, endedAt, input, output } = status;
  const tookMs = (endedAt === undefined ? Date.now() : Date.parse(endedAt)) - Date.parse(startedAt);
  const rows: [string, string][] = [
    ['Batch', `${id}: ${state}`],
    ['Input', input],
    ['Output', output],
    [
      'Lines',
      `${number.format(doneIn(tally))} of ${total === undefined ? '?' : number.format(total)} done, ${number.format(tally.failed)} failed`,
    ],
    ['Sentiment', counts(tally.sentiments)],
    ['Summarized by', counts(tally.providers.summarize)],
    ['Judged by', counts(tally.providers.sentiment)],
    ['Failures', counts(tally.failures)],
    ['Cost', cost(tally.costUsd)],
    ['Time', time(tookMs)],
  ];
  return rows.map(([name, value]) => `${`${name}:`.padEnd(15)}${printable(value, 2_000)}`).join('\n');
}

export function cost(usd: number | null): string {
  return usd === null ? 'not known (a provider has no price)' : `$${usd.toFixed(4)}`;
}

/** @returns like `1 h 2 min`, `2 min 5 s` or `3.4 s` */
export function time(ms: number): string {
  if (!Number.isFinite(ms)) return '?';
  const seconds = ms / 1_000;
  if (seconds < 60) return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.floor(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

function counts(by: Partial<Record<string, number>>): string {
  const sorted = Object.entries(by).sort(([, one = 0], [, other = 0]) => other - one);
  return sorted.map(([name, count = 0]) => `${name} ${number.format(count)}`).join(', ') || '-';
}
