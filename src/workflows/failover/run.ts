import { workflowInfo } from '@temporalio/workflow';
import type { Budget } from '../budget/budget.js';
import type { Telling } from '../telemetry/telling.js';
import type { Deadline } from './deadline.js';
import type { ProvidersNow } from './providers-now.js';
import type { Trail } from './trail.js';

/** One run under way: what its questions, and the parts of its text, have in common. */
export interface Run {
  trail: Trail;
  providers: ProvidersNow;
  deadline: Deadline;
  budget: Budget;
  /** One of many: it lies in a provider's queue for as long as it takes. */
  isOneOfMany: boolean;
  /** It goes on in a run with a short history when its own became long; a workflow of somebody else cannot. */
  cutsHistory: boolean;
  telling: Telling;
}

/** Ends a run that has waited for long, so that its next one goes on with a short history. */
export class HistoryIsLong extends Error {
  override readonly name = 'HistoryIsLong';
}

/** A history stays small enough to be replayed within a second. */
const LONG_HISTORY_EVENTS = 2_000;
const LONG_HISTORY_BYTES = 4 * 1024 * 1024;

export function isHistoryLong(): boolean {
  const { continueAsNewSuggested, historyLength, historySize } = workflowInfo();
  return continueAsNewSuggested || historyLength > LONG_HISTORY_EVENTS || historySize > LONG_HISTORY_BYTES;
}
