import type { AnalysisStatus } from '../../domain/analyze/analysis.js';
import type { Attempt } from '../../domain/attempt.js';
import { dueAtMs, type OutageState } from '../../domain/outage/outage.js';
import { outageWords, outOfUseWords, plainly, providerOf, soon } from '../terminal/outage-words.js';
import type { Screen } from '../terminal/screen.js';

type Status = Pick<AnalysisStatus, 'attempts' | 'asking' | 'waitingFor'>;

/** What is known of the outages that are under way, by their units. */
export type Outages = ReadonlyMap<string, OutageState>;

/**
 * Tells a person, as it happens and once each, what went wrong in a run and what the run does about it.
 * @param outagesNow asked only when somebody was not asked because of an outage
 */
export function progressTeller(
  tell: (line: string) => void,
  screen: () => Screen,
  outagesNow: () => Promise<Outages>,
): (status: Status) => Promise<void> {
  const said = new Set<string>();
  let told = 0;
  let telling = Promise.resolve();
  const tellNew = async ({ attempts, asking }: Status) => {
    for (; told < attempts.length; told += 1) {
      const attempt = attempts[told];
      if (attempt?.outcome === 'failed') {
        const next = attempts.slice(told + 1).find((each) => each.task === attempt.task && each.outcome !== 'skipped');
        tell(`${attempt.provider} failed: ${reason(attempt)}${consequence(attempt, next?.provider ?? asking)}`);
      }
      if (attempt?.outcome !== 'skipped' || said.has(keyOf(attempt))) continue;
      said.add(keyOf(attempt));
      tell(`${attempt.provider} skipped: ${await skippedWords(attempt, screen(), outagesNow)}`);
    }
  };
  return (status) => (telling = telling.then(() => tellNew(status))); // one after the other, however slow the look at outages
}

const keyOf = ({ provider, failure, message }: Attempt) => JSON.stringify([provider, failure, message]);

async function skippedWords(attempt: Attempt, screen: Screen, outagesNow: () => Promise<Outages>): Promise<string> {
  if (attempt.failure !== 'ProviderClosed') return reason(attempt);
  const found = outageOf(attempt.provider, attempt.model, await outagesNow());
  return found === undefined ? plainly(attempt.message ?? '') : outageWords(found, screen);
}

function outageOf(provider: string, model: string | undefined, outages: Outages): OutageState | undefined {
  const state = outages.get(provider) ?? outages.get(`${provider}/${model}`);
  return state === undefined || state.phase === 'over' ? undefined : state;
}

/** For whom a run waits, why, and when somebody looks next. */
export function waitingWords(
  waitingFor: NonNullable<AnalysisStatus['waitingFor']>,
  outages: Outages,
  screen: Screen,
): string {
  const each = waitingFor.map(({ provider, until, why }) => {
    const own = [...outages].filter(([unit]) => providerOf(unit) === provider);
    const words = own.flatMap(([unit, state]) => outOfUseWords(unit, state, screen) ?? []);
    if (words[0] !== undefined) return words[0];
    const next = until === undefined ? '' : `, asked again ${soon(Date.parse(until), screen)}`;
    return `${provider}: ${plainly(why)}${next}`;
  });
  return `waiting: ${[...new Set(each)].join('; ')}`;
}

/** `openai (500), huggingface (disabled)` */
export function waitedForIn(waitingFor: NonNullable<AnalysisStatus['waitingFor']>, outages: Outages): string {
  const each = waitingFor.map(({ provider, why }) => {
    const [, state] = [...outages].find(([unit]) => providerOf(unit) === provider) ?? [];
    return `${provider} (${state?.phase === 'held' ? 'disabled' : plainly(state?.message ?? why)})`;
  });
  return [...new Set(each)].join(', ');
}

/** When somebody looks next whether one of them is back; nothing where an operator has to say so. */
export function nextLookWords(
  waitingFor: NonNullable<AnalysisStatus['waitingFor']>,
  outages: Outages,
  screen: Screen,
): string[] {
  const due = waitingFor.flatMap(({ provider, until }) => {
    const own = [...outages].filter(([unit]) => providerOf(unit) === provider);
    if (own.length > 0) return own.flatMap(([, state]) => dueAtMs(state) ?? []);
    return until === undefined ? [] : [Date.parse(until)];
  });
  return due.length === 0 ? [] : [`next look ${soon(Math.min(...due), screen)}`];
}

function reason({ failure, message, possiblyPaid }: Attempt): string {
  return `${failure ?? 'Failed'}: ${message ?? ''}${possiblyPaid ? ' (possibly paid)' : ''}`;
}

function consequence({ provider }: Attempt, next: string | undefined): string {
  if (next === undefined) return '';
  return next === provider ? '; asking it again' : `; switching to ${next}`;
}
