import type { BatchStatus } from '../../domain/batch/batch.js';
import { doneIn } from '../../domain/batch/tally.js';
import type { Cell } from '../terminal/cell.js';
import { facts } from '../terminal/facts.js';
import type { Screen } from '../terminal/screen.js';

const number = new Intl.NumberFormat('en-US');

/** What came of a batch, or how far it is, for a person. @returns lines */
export function batchSummary(id: string, state: string, status: BatchStatus, screen: Screen): string[] {
  const { tally, total, startedAt, endedAt, input, output, tasks } = status;
  const tookMs = (endedAt === undefined ? Date.now() : Date.parse(endedAt)) - Date.parse(startedAt);
  const sentiments: [string, Cell] = ['Sentiment', counts(tally.sentiments)];
  const answered = tasks?.map((task) => [`${task} by`, task] as const) ?? ANALYSES;
  const rows: [string, Cell][] = [
    ['Batch', `${id}: ${state}`],
    ['Input', input],
    ['Output', output],
    [
      'Lines',
      `${number.format(doneIn(tally))} of ${total === undefined ? '?' : number.format(total)} done, ${number.format(tally.failed)} failed`,
    ],
    ...(tasks === undefined || tasks.includes('sentiment') ? [sentiments] : []),
    ...answered.map(([what, task]): [string, Cell] => [what, counts(tally.providers[task])]),
    ['Failures', counts(tally.failures)],
    ['Cost', tally.costUsd === null ? 'not known (a provider has no price)' : { usd: tally.costUsd }],
    ['Time', { tookMs }],
  ];
  return facts(rows, screen);
}

const ANALYSES = [
  ['Summarized by', 'summarize'],
  ['Judged by', 'sentiment'],
] as const;

function counts(by: Partial<Record<string, number>> = {}): string {
  const sorted = Object.entries(by).sort(([, one = 0], [, other = 0]) => other - one);
  return sorted.map(([name, count = 0]) => `${name} ${number.format(count)}`).join(', ') || '-';
}
