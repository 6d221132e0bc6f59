import type { Candidate, Plan } from '../../domain/failover/plan.js';
import { routeOf } from '../../domain/failover/plan.js';
import type { Tells } from '../../domain/telemetry/tells.js';
import type { Task } from '../../domain/task.js';
import { requirePrices } from '../input/checked-input.js';
import { planRoute } from './planning.js';

/** Who is out of use is known this well: runs find out the rest by themselves. */
const PLAN_HOLDS_MS = 10_000;

/** The plan that a batch or a schedule hands to its runs, made anew when it is old, so that they need not make their own. */
export class PlanOfMany<T extends Task = Task> {
  private made: { plan: Promise<Plan>; atMs: number } | undefined;

  /** @param tasks of each run */
  constructor(private readonly tasks: readonly T[]) {}

  /** Who wants to be told, as the latest plan has it; nobody where none can be made. */
  async tells(): Promise<Tells | undefined> {
    const plan = this.made?.plan ?? this.now();
    return plan.then(
      ({ tells }) => tells,
      () => undefined,
    );
  }

  now(): Promise<Plan> {
    if (this.made && Date.now() - this.made.atMs < PLAN_HOLDS_MS) return this.made.plan;
    this.made = { plan: planRoute({ tasks: this.tasks }), atMs: Date.now() };
    return this.made.plan;
  }

  /**
   * Whom a budget over many texts has to reckon with.
   * @throws ApplicationFailure of type `InvalidInput` when one of them has no price
   */
  async pricedCandidates(): Promise<Record<T, readonly Candidate[]>> {
    const plan = await this.now();
    const routes = this.tasks.map((task) => [task, routeOf(plan, task).candidates] as const);
    requirePrices(routes.flatMap(([, candidates]) => candidates));
    return Object.fromEntries(routes) as Record<T, readonly Candidate[]>;
  }
}

/**
 * Where the runs of a batch or a schedule stand in a queue: behind those that a person waits for, and all batches and
 * schedules in turn.
 * @param id of the batch or the schedule
 */
export function behindPersons(id: string): { priorityKey: number; fairnessKey: string } {
  return { priorityKey: 4, fairnessKey: id.slice(0, MAX_FAIRNESS_KEY_CHARS) };
}

/** The server's limit is 64 bytes. */
const MAX_FAIRNESS_KEY_CHARS = 60;
