import type { Attempt } from '../../domain/attempt.js';
import { table, type Column } from '../terminal/table.js';
import type { Screen } from '../terminal/screen.js';
import type { Call } from './fake-vendors.js';
import type { PlayedRun } from './play.js';
import { SCENES } from './scenes.js';

const COLUMNS: readonly Column[] = [
  ...[{ title: 'run' }, { title: 'summarized by' }, { title: 'judged by' }],
  ...[
    { title: 'not answered' },
    { title: 'paid calls', align: 'right' as const },
    { title: 'took', align: 'right' as const },
  ],
];

/** What each run did, and what the vendors would bill for it. @returns lines */
export function runsTable(runs: readonly PlayedRun[], calls: readonly Call[], screen: Screen): string[] {
  const rows = runs.map(({ id, scene, analysis: { attempts }, tookMs }) => [
    ...[id, whoDid('summarize', attempts), whoDid('sentiment', attempts), troubles(attempts)],
    ...[paidFor(scene, calls).length, { tookMs }],
  ]);
  return table(COLUMNS, rows, screen);
}

/** Two questions a text, and each was paid once: by the vendors' own books. */
export function isPaidOnce(runs: readonly PlayedRun[], calls: readonly Call[]): boolean {
  return runs.every(({ scene }) => {
    const paid = paidFor(scene, calls).map(({ task }) => task);
    return paid.length === 2 && new Set(paid).size === 2;
  });
}

function paidFor(scene: PlayedRun['scene'], calls: readonly Call[]): Call[] {
  const { text, summary } = SCENES[scene];
  return calls.filter((call) => call.answered && !call.probe && (call.text === text || call.text === summary));
}

function whoDid(task: Attempt['task'], attempts: readonly Attempt[]): string {
  return attempts.find((each) => each.task === task && each.outcome === 'ok')?.provider ?? '-';
}

function troubles(attempts: readonly Attempt[]): string {
  const words = new Map<string, string>();
  for (const { outcome, provider, message = '' } of attempts) {
    if (outcome === 'failed') words.set(provider, /^\d{3}/.exec(message)?.[0] ?? 'failed');
    else if (outcome === 'skipped' && !words.has(provider)) words.set(provider, 'not asked');
  }
  return [...words].map(([provider, word]) => `${provider} ${word}`).join(', ') || '-';
}
