import type { Attempt } from '../attempt.js';
import { totalCostUsd } from '../attempt.js';
import type { Candidate } from '../failover/plan.js';
import type { SearchAttributeValues } from './search-attributes.js';

/** An answer, by whom, and which place on its route that provider has: 1 is the first. */
export interface RankedAnswer {
  task: string;
  provider: string;
  rank: number;
}

type Routes = Readonly<Record<string, { candidates: readonly Pick<Candidate, 'provider' | 'local'>[] }>>;

/** Everyone who answered, as the trail has it. */
export function answersIn(attempts: readonly Attempt[], routes: Routes): RankedAnswer[] {
  return attempts.flatMap(({ task, provider, outcome }) => {
    if (outcome !== 'ok') return [];
    const at = routes[task]?.candidates.findIndex((each) => each.provider === provider) ?? -1;
    return [{ task, provider, rank: at + 1 }];
  });
}

/** Whether somebody answered who was not the first choice. */
export function isFailedOver(answers: readonly RankedAnswer[]): boolean {
  return answers.some(({ rank }) => rank > 1);
}

/** Kinds of failure, each once. */
export function failuresIn(attempts: readonly Attempt[]): string[] {
  return [...new Set(attempts.flatMap(({ failure }) => failure ?? []))];
}

/** Providers whose calls were not made because an outage was open: each counts once a task, and once a part of a long text. */
export function savedCallsIn(attempts: readonly Attempt[]): { provider: string; model: string }[] {
  const saved = new Map<string, { provider: string; model: string }>();
  for (const { task, provider, model, part = '', outcome, failure } of attempts) {
    if (outcome !== 'skipped' || failure !== 'ProviderClosed') continue;
    saved.set(JSON.stringify([task, provider, model, part]), { provider, model });
  }
  return [...saved.values()];
}

/** What a run's end writes for those who look for it. @param label of the sentiment, where it came to one */
export function valuesOfEnd(attempts: readonly Attempt[], routes: Routes, label?: string): SearchAttributeValues {
  const answers = answersIn(attempts, routes);
  const costUsd = totalCostUsd(attempts);
  const isLocal = ({ task, provider }: RankedAnswer) =>
    routes[task]?.candidates.some((each) => each.local && each.provider === provider) ?? false;
  return {
    UnderstudyAnsweredBy: [...new Set(answers.map(({ provider }) => provider))],
    UnderstudyFailures: failuresIn(attempts),
    UnderstudyFailedOver: isFailedOver(answers),
    UnderstudyDegraded: answers.some(isLocal),
    ...(label !== undefined && { UnderstudySentiment: label }),
    ...(costUsd !== null && { UnderstudyCostUsd: costUsd }),
  };
}
