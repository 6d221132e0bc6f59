import { condition, getExternalWorkflowHandle, patched, workflowInfo } from '@temporalio/workflow';
import type { Attempt } from '../../domain/attempt.js';
import {
  afterAnswer,
  afterFailure,
  afterOutage,
  afterRetryNow,
  afterUnheard,
  firstReady,
  msUntilReady,
  notDropped,
  obstacleTo,
  type Availability,
  type Obstacle,
} from '../../domain/failover/availability.js';
import { outageIdOf, unitOf } from '../../domain/failover/out-of-use.js';
import type { Candidate } from '../../domain/failover/plan.js';
import type { Failure } from '../../domain/failure.js';
import type { Task } from '../../domain/task.js';
import { waitForSignal } from './messages.js';
import type { ProviderFailure } from './provider-failure.js';

/** A worker that found an outage open may say so for this long after its end. */
const WORKERS_REMEMBER_MS = 1_000;
/** An outage that was not there to hear of a run may just be opening; then, twice as long each time. */
const UNHEARD_MS = 2_000;

/** Carried over when the history is cut. */
export interface ProvidersNowState {
  availability: Availability;
  /** Units of outages that will wake this run. */
  awaited: string[];
}

/** What a run knows of its providers right now, kept by what it hears, and its waiting for them. */
export class ProvidersNow {
  private availability: Availability;
  private readonly awaited: Set<string>;
  /** Units whose outage has not said yet whether it heard. */
  private readonly registering = new Map<string, Promise<boolean>>();
  private changes = 0;
  private readonly waits = new Map<Task, readonly Candidate[]>();
  /** Units that an outage gave back, and that this run has not been answered by since. */
  private readonly back = new Set<string>();
  private unheard = 0;

  constructor({ availability, awaited }: ProvidersNowState) {
    this.availability = availability;
    this.awaited = new Set(awaited);
  }

  state(): ProvidersNowState {
    return { availability: this.availability, awaited: [...this.awaited] };
  }

  /** What the plan knew. */
  planned(availability: Availability): void {
    this.availability = { ...availability, ...this.availability };
  }

  /** What is known anew, and better than what this run has met. */
  learned(availability: Availability): void {
    this.availability = { ...this.availability, ...availability };
  }

  notDropped(task: Task, candidates: readonly Candidate[]): readonly Candidate[] {
    return notDropped(this.availability, task, candidates);
  }

  firstReady(task: Task, candidates: readonly Candidate[]): Candidate | undefined {
    return firstReady(this.availability, task, candidates, Date.now());
  }

  obstacleTo(task: Task, candidate: Candidate): Obstacle | undefined {
    return obstacleTo(this.availability, task, candidate, Date.now());
  }

  failed(task: Task, candidate: Candidate, failure: Failure & Pick<ProviderFailure, 'outOfUse'>): void {
    this.availability = afterFailure(this.availability, task, candidate, failure, Date.now(), Math.random());
  }

  answered(task: Task, candidate: Candidate): void {
    this.availability = afterAnswer(this.availability, task, candidate);
    for (const unit of unitsOf(candidate)) this.back.delete(unit);
  }

  /** Whether this run knows better than a worker that remembers an outage. */
  isBack(candidate: Candidate): boolean {
    return unitsOf(candidate).some((unit) => this.back.has(unit));
  }

  /** An outage is over. */
  reopened(unit: string): void {
    this.availability = afterOutage(this.availability, unit);
    this.awaited.delete(unit);
    this.back.add(unit);
    this.changes += 1;
  }

  retryNow(): void {
    this.availability = afterRetryNow(this.availability);
    this.changes += 1;
  }

  /** Sleeps until somebody may be asked, what is known changes, the time is over, or `isEnded`. */
  async wait(task: Task, candidates: readonly Candidate[], leftMs: number, isEnded: () => boolean): Promise<void> {
    const seen = this.changes;
    this.waits.set(task, candidates);
    try {
      const outages = candidates.map((candidate) => this.obstacleTo(task, candidate)?.outage);
      const awaited = new Set(outages.filter((unit) => unit !== undefined));
      const heard = await Promise.all([...awaited].map((unit) => this.register(unit)));
      const unheardMs = heard.includes(false) ? UNHEARD_MS * 2 ** Math.min(this.unheard - 1, MAX_DOUBLINGS) : Infinity;
      const untilReadyMs = msUntilReady(this.availability, task, candidates, Date.now());
      await condition(() => isEnded() || this.changes > seen, Math.max(1, Math.min(untilReadyMs, leftMs, unheardMs)));
    } finally {
      this.waits.delete(task);
    }
  }

  /** Who the run waits for, and until when at most; absent while nobody knows when an outage ends. */
  waitingFor(): { provider: string; until?: string; why: string }[] {
    return [...this.waits].flatMap(([task, candidates]) =>
      candidates.flatMap((candidate) => {
        const obstacle = this.obstacleTo(task, candidate);
        if (obstacle === undefined) return [];
        const { why, notBeforeMs = 0, outage, named } = obstacle;
        const until = outage !== undefined && !named ? {} : { until: new Date(notBeforeMs).toISOString() };
        return [{ provider: candidate.provider, ...until, why: `${why.kind}: ${why.message}` }];
      }),
    );
  }

  /** Asks an outage, once, to wake this run when it is over. @returns whether it heard */
  private register(unit: string): Promise<boolean> {
    const underWay = this.registering.get(unit);
    // Another part of the text has asked a moment ago: what comes of that holds for this one too.
    if (underWay && patched('understudy.parts hear together whether they wait')) return underWay;
    if (this.awaited.has(unit)) return Promise.resolve(true);
    const registering = this.tellOutage(unit);
    this.registering.set(unit, registering);
    return registering;
  }

  private async tellOutage(unit: string): Promise<boolean> {
    this.awaited.add(unit);
    try {
      await getExternalWorkflowHandle(outageIdOf(unit)).signal(waitForSignal, workflowInfo().workflowId);
      this.unheard = 0;
      return true;
    } catch {
      this.unheard += 1;
      this.awaited.delete(unit);
      const soonMs = Date.now() + WORKERS_REMEMBER_MS * (1 + Math.random());
      this.availability = afterUnheard(this.availability, unit, soonMs);
      return false;
    } finally {
      this.registering.delete(unit);
    }
  }
}

const MAX_DOUBLINGS = 5;

function unitsOf({ provider, model }: Candidate): string[] {
  return [unitOf(provider), unitOf(provider, model)];
}

/** @returns the line of a trail that says why somebody was not asked */
export function skippedFor(
  task: Task,
  { provider, model }: Candidate,
  { why }: Obstacle,
): Omit<Attempt, 'outcome' | 'startedAt' | 'latencyMs'> {
  const { kind, message } = why;
  const said = kind === 'ProviderClosed' || kind === 'ContextTooLong' ? message : `it failed a moment ago: ${message}`;
  return { task, provider, model, failure: kind, message: said };
}
