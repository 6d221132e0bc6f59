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
import { isObject, textIn } from '../../domain/parsed.js';
import type { Task } from '../../domain/task.js';
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

/** What a run did and spent. */
interface Spent {
  trail: { attempts: readonly Attempt[] };
  budget: { atMostUsd: number | null };
}

/** What a run came to. @param error that ended it; undefined: it was answered */
export function endOf(error: unknown, { trail, budget }: Spent): RunEnd {
  const costUsd = totalCostUsd(trail.attempts);
  return { outcome: outcomeOf(error), costUsd, atMostUsd: budget.atMostUsd };
}

function outcomeOf(error: unknown): string {
  if (error === undefined) return 'ok';
  if (isCancellation(error)) return 'Cancelled';
  return error instanceof ApplicationFailure ? (error.type ?? 'Defect') : 'Defect';
}

const MAX_LABEL_CHARS = 100;

/** Tells those who look at runs from outside what becomes of this one: when it begins to wait, and when it ends. */
export class Telling {
  private tells: Tells = { searchAttributes: [], notices: [] };
  private routes: Plan['routes'] = {};
  private label: string | undefined;
  private hasWaited = false;
  private hasEnded = false;

  constructor(private readonly attempts: readonly Attempt[]) {}

  /** @param host whether the workflow is ours; search attributes of somebody else's are theirs */
  planned({ routes, tells }: Plan, host: 'own' | 'guest'): void {
    this.routes = routes;
    if (host === 'own') this.tells = tellsIn(tells);
  }

  answered(task: Task, value: unknown): void {
    if (task === 'sentiment' && isObject(value)) this.label = textIn(value.label, MAX_LABEL_CHARS);
  }

  /** Says once why the run is not answered yet. */
  waits(): void {
    if (this.hasWaited) return;
    this.hasWaited = true;
    this.write({ UnderstudyFailures: failuresIn(this.attempts) });
  }

  /** The end of the run, whatever it is; what is said after it counts no more. */
  ends(end: RunEnd): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    this.write(valuesOfEnd(this.attempts, this.routes, this.label));
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
