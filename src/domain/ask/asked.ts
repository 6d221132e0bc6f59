import type { OneOfMany, RunInput, RunResult } from '../failover/run-input.js';
import type { Task } from '../task.js';

/** Input of the workflow `ask`. Any Temporal client can start it with this. */
export interface AskInput extends Omit<RunInput, 'routes'> {
  task: Task;
  /** A text, or JSON that is given to the model as it is. */
  text: unknown;
  /** Providers by name, best first, instead of the configured route. */
  route?: string[];
}

export type AskOneOfMany = AskInput & OneOfMany;

/** Input of the workflow `ask` for several tasks about one text, one after the other. */
export interface AskAllInput extends RunInput {
  tasks: Task[];
  /** A text, or JSON that is given to the model as it is. */
  text: unknown;
}

export type AskAllOneOfMany = AskAllInput & OneOfMany;

/** Result of the workflow `ask` for several tasks. */
export interface AskedAll extends RunResult {
  /** By task, each as its `output` says. */
  values: Record<Task, unknown>;
}

/** Result of the workflow `ask`, and of `ask` in a workflow of yours. */
export interface Asked<T = unknown> extends RunResult {
  task: Task;
  /** As the task's `output` says; without one, text. */
  value: T;
}
