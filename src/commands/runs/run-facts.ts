import { isObject, numberIn } from '../../domain/parsed.js';

/** One attempt, as far as lists tell it. */
export interface ToldAttempt {
  task: string;
  provider: string;
  model: string;
  outcome: string;
  failure: string | undefined;
  message: string;
  startedAtMs: number | undefined;
  latencyMs: number | undefined;
  costUsd: number | undefined;
  possiblyPaid: boolean;
}

const MAX_ATTEMPTS = 10_000;

/** The trail in a run's result, status or failure, which may be of another version or of anybody. */
export function attemptsIn(value: unknown): ToldAttempt[] {
  const attempts: unknown[] = isObject(value) && Array.isArray(value.attempts) ? value.attempts : [];
  return attempts.slice(0, MAX_ATTEMPTS).flatMap((each) => {
    if (!isObject(each)) return [];
    const text = (key: string) => (typeof each[key] === 'string' ? each[key] : '');
    const startedAtMs = Date.parse(text('startedAt'));
    return [
      {
        ...{ task: text('task'), provider: text('provider'), model: text('model'), outcome: text('outcome') },
        ...{ failure: text('failure') || undefined, message: text('message') },
        startedAtMs: Number.isNaN(startedAtMs) ? undefined : startedAtMs,
        latencyMs: numberIn(each.latencyMs, 0, Number.MAX_SAFE_INTEGER),
        costUsd: numberIn(each.costUsd, 0, Number.MAX_SAFE_INTEGER),
        possiblyPaid: each.possiblyPaid === true,
      },
    ];
  });
}

/** Who answered, each name once, in the order of the answers. */
export function answeredBy(attempts: readonly ToldAttempt[]): string[] {
  return [...new Set(attempts.filter(({ outcome }) => outcome === 'ok').map(({ provider }) => provider))];
}

/** Whether somebody answered a task at which another one was passed over, or failed, before. */
export function isFailedOver(attempts: readonly ToldAttempt[]): boolean {
  return attempts.some(
    ({ outcome, task, provider }, at) =>
      outcome === 'ok' &&
      attempts.slice(0, at).some((each) => each.outcome !== 'ok' && each.task === task && each.provider !== provider),
  );
}

/** The kinds of failure that it met, each once. */
export function failuresIn(attempts: readonly ToldAttempt[]): string[] {
  const told = attempts.filter(({ outcome }) => outcome !== 'ok');
  return [...new Set(told.map(({ provider, failure }) => `${provider}: ${failure ?? 'failed'}`))];
}
