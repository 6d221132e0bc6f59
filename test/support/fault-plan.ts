import type { Task } from '../../src/domain/task.js';
import { FAULTS, type FaultSpec } from './faults.js';
import { seeded } from './seeded.js';

/** What a fake vendor shall do from now on. Fields that are left out stay as they are. */
export interface Command {
  name: string;
  /** For one task only. */
  task?: Task;
  /** For the next requests, one each, before `always` counts again. */
  script?: FaultSpec[];
  /** For every request; null: well-behaved again. */
  always?: FaultSpec | null;
  /** One of these faults at random, with this probability, by a fixed seed; null: none. */
  random?: { probability: number; seed: number; faults: FaultSpec[] } | null;
  /** For every request about a text that holds this; null: none. */
  about?: { holds: string; fault: FaultSpec } | null;
  /** How long the vendor works on a request. */
  latencyMs?: number;
}

/** What a vendor does with a task; where it was told nothing of a task, with any. */
interface TaskPlan {
  script?: FaultSpec[];
  always?: FaultSpec | null;
  random?: (() => FaultSpec | undefined) | null;
}

/** What one vendor does, task by task. */
export class FaultPlan {
  latencyMs: number;
  #about: Command['about'];
  #any: TaskPlan = {};
  readonly #tasks = new Map<Task, TaskPlan>();

  constructor(latencyMs: number) {
    this.latencyMs = latencyMs;
  }

  follow({ task, script, always, random, about, latencyMs }: Command): void {
    for (const spec of [...(script ?? []), ...(random?.faults ?? []), always, about?.fault]) assertKnown(spec);
    if (about !== undefined) this.#about = about;
    this.latencyMs = latencyMs ?? this.latencyMs;
    const told: TaskPlan = {
      ...(script !== undefined && { script: [...script] }),
      ...(always !== undefined && { always }),
      ...(random !== undefined && { random: random && chance(random) }),
    };
    if (task !== undefined) {
      this.#tasks.set(task, { ...this.#tasks.get(task), ...told });
      return;
    }
    this.#any = { ...this.#any, ...told }; // all tasks take their steps from one script
    for (const [each, plan] of this.#tasks) {
      const kept = Object.entries(plan).filter(([part]) => !Object.hasOwn(told, part));
      this.#tasks.set(each, Object.fromEntries(kept));
    }
  }

  next(task: Task, text: string): FaultSpec {
    if (this.#about && text.includes(this.#about.holds)) return this.#about.fault;
    const { script, random, always } = { ...this.#any, ...this.#tasks.get(task) };
    return script?.shift() ?? random?.() ?? always ?? 'ok';
  }
}

function assertKnown(spec: FaultSpec | null | undefined): void {
  if (typeof spec === 'string' && !Object.hasOwn(FAULTS, spec)) throw new Error(`unknown fault ${spec}`);
}

function chance({ probability, seed, faults }: NonNullable<Command['random']>): () => FaultSpec | undefined {
  const draw = seeded(seed);
  return () => (draw() < probability ? faults[Math.floor(draw() * faults.length)] : undefined);
}
