import type { Attempt } from '../attempt.js';
import type { Task } from '../task.js';

/** What the query `status` answers while a run is under way and after. */
export interface RunStatus {
  /** The task that is under way, or `planning`, or `done`. */
  phase: Task;
  attempts: Attempt[];
  /** Who is being asked right now. */
  asking?: string;
  /** Who the run waits for when nobody can answer now. `until`: ISO 8601; absent while nobody knows when its outage ends. */
  waitingFor?: { provider: string; until?: string; why: string }[];
}
