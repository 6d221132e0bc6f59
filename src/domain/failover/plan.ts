import type { Attempt } from '../attempt.js';
import type { Price } from '../cost.js';
import type { Task } from '../task.js';
import type { Tells } from '../telemetry/tells.js';
import type { Availability } from './availability.js';

/** Temporal's RetryPolicy, in milliseconds, for attempts on the same provider. */
interface Retry {
  maximumAttempts: number;
  initialIntervalMs: number;
  maximumIntervalMs: number;
  backoffCoefficient: number;
}

/** All that a run has to know of a provider that it may ask for a task. */
export interface Candidate {
  provider: string;
  model: string;
  /** Of one call, headers and body. */
  timeoutMs: number;
  retry: Retry;
  price?: Price;
  /** The most that one answer can have; with the price, the worst case of a call. */
  maxOutputTokens: number;
  /** A longer text is split before it is asked. */
  maxInputChars?: number;
  /** Answers without a vendor: less good, always there. */
  local: boolean;
}

/** A refusal is final unless the route lets another provider answer. */
export type OnRefusal = 'stop' | 'switch';

/** Who may answer a task. */
export interface Route {
  /** Best first. */
  candidates: readonly Candidate[];
  onRefusal: OnRefusal;
  /** A text that is too long is answered by way of its parts. */
  split?: true;
}

/** The order to try, fixed when a run starts. Recorded in its history, so a later change of configuration is safe. */
export interface Plan {
  routes: Readonly<Record<Task, Route>>;
  /** Who cannot be asked right now, and why. */
  availability: Availability;
  /** Who is on a route but has no key on any worker of the fleet. */
  skipped: Pick<Attempt, 'task' | 'provider' | 'model' | 'failure' | 'message'>[];
  /** Absent in plans of before: nobody is told. */
  tells?: Tells;
}

/** What a plan is made for. */
export interface PlanRequest {
  tasks: readonly Task[];
  /** Providers by name, best first, instead of the configured route of a task. */
  routes?: Partial<Record<Task, string[]>> | undefined;
}

/** @throws RangeError for a task that the plan was not made for: a defect of who made it */
export function routeOf({ routes }: Plan, task: Task): Route {
  const route = routes[task];
  if (route === undefined) throw new RangeError(`the plan has no route for ${task}`);
  return route;
}
