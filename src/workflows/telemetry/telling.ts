import {
  ApplicationFailure,
  isCancellation,
  proxySinks,
  upsertSearchAttributes,
  workflowInfo,
  type Sinks,
} from '@temporalio/workflow';
import { defineSearchAttributeKey, type SearchAttributePair } from '@temporalio/common';
import { totalCostUsd, type Attempt } from '../../domain/attempt.js';
import type { Plan } from '../../domain/failover/plan.js';
import { failuresIn, savedCallsIn, valuesOfEnd } from '../../domain/telemetry/run-facts.js';
import {
  SEARCH_ATTRIBUTES,
  type SearchAttributeName,
  type SearchAttributeValues,
} from '../../domain/telemetry/search-attributes.js';
import { tellsIn, type Tells } from '../../domain/telemetry/tells.js';
import { countEnd, type RunEnd } from './run-metrics.js';

/** What goes to the worker beside the history, and is lost with it. */
export interface TellingSinks extends Sinks {
  understudy: {
    /** Calls that were not made because an outage was open. */
    callsSaved(calls: { provider: string; model: string }[]): void;
  };
}

const { understudy } = proxySinks<TellingSinks>();

/** The end of a run that came to no answer. */
export function endOf(error: unknown, atMostUsd: number | null, attempts: readonly Attempt[]): RunEnd {
  const costUsd = totalCostUsd(attempts);
  if (isCancellation(error)) return { outcome: 'Cancelled', costUsd, atMostUsd };
  const outcome = error instanceof ApplicationFailure ? (error.type ?? 'Defect') : 'Defect';
  return { outcome, costUsd, atMostUsd };
}

/** Tells those who look at runs from outside what becomes of this one: when it begins to wait, and when it ends. */
export class Telling {
  private readonly tells: Tells;
  private hasWaited = false;

  constructor(
    private readonly routes: Plan['routes'],
    tells: unknown,
    private readonly attempts: readonly Attempt[],
  ) {
    this.tells = tellsIn(tells);
  }

  /** Says once why the run is not answered yet. */
  waits(): void {
    if (this.hasWaited) return;
    this.hasWaited = true;
    this.write({ UnderstudyFailures: failuresIn(this.attempts) });
  }

  /** To be called once, with the end of the run, whatever it is. */
  ends(end: RunEnd): void {
    this.write(valuesOfEnd(this.attempts, this.routes, end.label));
    const saved = savedCallsIn(this.attempts);
    if (saved.length > 0) understudy.callsSaved(saved);
    const { startTime } = workflowInfo();
    countEnd(end, { attempts: this.attempts, routes: this.routes, durationMs: Date.now() - startTime.getTime() });
  }

  private write(values: SearchAttributeValues): void {
    const pairs = Object.entries(values).flatMap(([name, value]) =>
      this.tells.searchAttributes.some((each) => each === name) ? pairOf(name as SearchAttributeName, value) : [],
    );
    if (pairs.length > 0) upsertSearchAttributes(pairs);
  }
}

function pairOf(name: SearchAttributeName, value: string | number | boolean | string[]): SearchAttributePair[] {
  const type = SEARCH_ATTRIBUTES[name];
  switch (type) {
    case 'KeywordList':
      return Array.isArray(value) ? [{ key: defineSearchAttributeKey(name, 'KEYWORD_LIST'), value }] : [];
    case 'Keyword':
      return typeof value === 'string' ? [{ key: defineSearchAttributeKey(name, 'KEYWORD'), value }] : [];
    case 'Bool':
      return typeof value === 'boolean' ? [{ key: defineSearchAttributeKey(name, 'BOOL'), value }] : [];
    case 'Double':
      return typeof value === 'number' ? [{ key: defineSearchAttributeKey(name, 'DOUBLE'), value }] : [];
  }
}
