import { ApplicationFailure } from '@temporalio/workflow';
import { totalCostUsd, type Attempt } from '../../domain/attempt.js';
import type { Candidate } from '../../domain/failover/plan.js';
import type { Task } from '../../domain/task.js';
import type { Budget } from '../budget/budget.js';

/** What a run did and what it cost, who it asks right now, and the failure that ends it. */
export class Trail {
  readonly attempts: Attempt[];
  private readonly asking: string[] = [];
  private readonly said = new Set<string>();
  private ending: Error | undefined;

  /**
   * @param showDetails what the run does, in a line
   * @param earlier attempts before the history was cut
   */
  constructor(
    private readonly budget: Budget,
    private readonly showDetails: (line: string) => void,
    earlier: readonly Attempt[] = [],
  ) {
    this.attempts = [...earlier];
  }

  /** Who is being asked, the earliest first. */
  get asked(): readonly string[] {
    return this.asking;
  }

  /** Whether the run has ended, or is about to: other parts of a long text stop at it too. */
  get hasEnded(): boolean {
    return this.ending !== undefined;
  }

  /** A call begins. Call what this returns when it has ended, with the attempts that were made, whatever came of them. */
  begin(task: Task, { provider }: Candidate): (attempts: readonly Attempt[]) => void {
    this.asking.push(provider);
    this.showDetails(`${task}: asking ${this.asking.join(', ')}`);
    return (attempts) => {
      this.asking.splice(this.asking.indexOf(provider), 1);
      this.attempts.push(...attempts);
    };
  }

  hasFailed(task: Task, provider: string): boolean {
    return this.attempts.some((each) => each.task === task && each.provider === provider && each.outcome === 'failed');
  }

  /** Notes, once for each reason, who was not asked and why. */
  skip(places: readonly Omit<Attempt, 'outcome' | 'startedAt' | 'latencyMs'>[]): void {
    const startedAt = new Date(Date.now()).toISOString();
    for (const { task, provider, model, ...why } of places) {
      const reason = `${task} ${provider} ${why.failure ?? ''} ${why.message ?? ''}`;
      if (this.said.has(reason)) continue;
      this.said.add(reason);
      this.attempts.push({ task, provider, model, outcome: 'skipped', ...why, startedAt, latencyMs: 0 });
    }
  }

  /** The error that ends this run, with the whole trail. */
  failure(type: string, message: string): Error {
    const { attempts, budget } = this;
    const details = {
      attempts,
      // read when the run ends: until then calls of other parts may come to their end
      get costUsd() {
        return totalCostUsd(attempts);
      },
      get atMostUsd() {
        return budget.atMostUsd;
      },
    };
    return this.endWith(ApplicationFailure.create({ type, message, nonRetryable: true, details: [details] }));
  }

  /** @returns the first error that was said to end the run */
  endWith(error: Error): Error {
    this.ending ??= error;
    return this.ending;
  }

  /** @throws what has ended the run meanwhile, in another part of the text */
  throwIfEnded(): void {
    if (this.ending) throw this.ending;
  }
}
