import type { Analysis } from '../../domain/analyze/analysis.js';
import type { Attempt } from '../../domain/attempt.js';
import { duration } from '../terminal/clock.js';
import { money } from '../terminal/money.js';
import { withoutKinds } from '../terminal/outage-words.js';
import { printJson, print, say } from '../terminal/say.js';
import type { Asked } from '../../domain/ask/asked.js';
import type { FailedRun } from './analysis.js';

/** Prints an ended run: two lines, or all of it as JSON. @returns the exit code */
export function printOutcome(outcome: Analysis | FailedRun, json: boolean): number {
  const failed = 'error' in outcome;
  if (json) printJson(outcome);
  else if (failed) say(`the analysis failed: ${outcome.error.type}: ${withoutKinds(outcome.error.message)}`);
  else {
    const { label, score } = outcome.sentiment;
    print(`Summary: ${outcome.summary}`);
    print(`Sentiment: ${label} (${score.toFixed(2)})`);
    if (outcome.degraded) {
      say(
        'answered by the local provider, which is less precise; set OPENAI_API_KEY and HF_API_TOKEN for the real ones',
      );
    }
    if (outcome.suspect) say('look at the summary: it may not be one of this text');
  }
  return failed ? 1 : 0;
}

/** Who answered, how long it took, and what it cost. */
export function closingLine(outcome: Analysis | Asked | FailedRun): string {
  const { attempts, atMostUsd } = outcome;
  const took = duration(spanMs(attempts));
  if ('error' in outcome) return `${attempts.length} attempts in ${took}, ${costWords(null, atMostUsd)}`;
  if ('task' in outcome)
    return `answered by ${whoDid(outcome.task, attempts)}, in ${took}, ${costWords(outcome.costUsd, atMostUsd)}`;
  const who = `summarized by ${whoDid('summarize', attempts)}, judged by ${whoDid('sentiment', attempts)}`;
  return `${who}, in ${took}, ${costWords(outcome.costUsd, atMostUsd)}`;
}

/** From the first attempt to the end of the last: what a person would have waited. */
function spanMs(attempts: readonly Attempt[]): number {
  const starts = attempts.map(({ startedAt }) => Date.parse(startedAt));
  const ends = attempts.map(({ startedAt, latencyMs }) => Date.parse(startedAt) + latencyMs);
  return attempts.length === 0 ? 0 : Math.max(...ends) - Math.min(...starts);
}

function whoDid(task: string, attempts: readonly Attempt[]): string {
  const names = attempts.filter((each) => each.task === task && each.outcome === 'ok').map(({ provider }) => provider);
  return [...new Set(names)].join(' and ') || 'nobody';
}

function costWords(costUsd: number | null, atMostUsd: number | null): string {
  if (costUsd === null) return atMostUsd === null ? 'cost not known' : `at most ${money(atMostUsd)}`;
  const more = atMostUsd !== null && atMostUsd > costUsd ? ` (at most ${money(atMostUsd)})` : '';
  return `${money(costUsd)}${more}`;
}
