import { worstCaseOfCallUsd } from '../budget/budget.js';
import type { Candidate } from '../failover/plan.js';
import type { Task } from '../task.js';

/** A summary can be longer than the short text that it summarizes. */
const LONG_SUMMARY_BYTES = 1_200;

/** What a text may cost when every provider on its way is asked once, at worst. US dollars. */
function worstCaseOfTextUsd(candidates: Record<Task, readonly Candidate[]>, textBytes: number): number {
  const longer = Math.max(textBytes, LONG_SUMMARY_BYTES);
  const calls = Object.values(candidates).flat();
  return calls.reduce((sum, candidate) => sum + (worstCaseOfCallUsd(candidate, longer) ?? Infinity), 0);
}

/**
 * How much of a batch's money a text may have for itself. What the texts under way may still spend is not free, so all
 * together never spend more than there is.
 * @param freeUsd neither spent nor reserved
 * @returns US dollars; `wait` while others may give some of theirs back; `never` when not even one call can be paid
 */
export function allowanceUsd(
  candidates: Record<Task, readonly Candidate[]>,
  textBytes: number,
  { freeUsd, underWay, concurrency }: { freeUsd: number; underWay: number; concurrency: number },
): number | 'wait' | 'never' {
  const wanted = worstCaseOfTextUsd(candidates, textBytes);
  if (freeUsd >= wanted && freeUsd > 0) return Math.max(wanted, freeUsd / concurrency);
  if (underWay > 0) return 'wait';
  const [asked = []] = Object.values(candidates); // first
  const cheapest = Math.min(...asked.map((candidate) => worstCaseOfCallUsd(candidate, textBytes) ?? Infinity));
  return freeUsd > 0 && freeUsd >= cheapest ? freeUsd : 'never';
}
