import { ANALYZE_TASKS as TASKS, type AnalyzeTask as Task } from '../../src/domain/analyze/analysis.js';
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
  /** How long the vendor works on a request. */
  latencyMs?: number;
}

/** What one vendor does, task by task. */
export class FaultPlan {
  latencyMs: number;
  readonly #scripts: Record<Task, FaultSpec[]> = { summarize: [], sentiment: [] };
  readonly #always = new Map<Task, FaultSpec>();
  readonly #random = new Map<Task, () => FaultSpec | undefined>();

  constructor(latencyMs: number) {
    this.latencyMs = latencyMs;
  }

  follow({ task, script, always, random, latencyMs }: Command): void {
    for (const spec of [...(script ?? []), ...(random?.faults ?? []), always]) assertKnown(spec);
    this.latencyMs = latencyMs ?? this.latencyMs;
    const steps = [...(script ?? [])];
    for (const each of task === undefined ? TASKS : [task]) {
      // without a task, both tasks take their steps from one script
      if (script !== undefined) this.#scripts[each] = steps;
      if (always === null) this.#always.delete(each);
      else if (always !== undefined) this.#always.set(each, always);
      if (random === null) this.#random.delete(each);
      else if (random !== undefined) this.#random.set(each, chance(random));
    }
  }

  next(task: Task): FaultSpec {
    return this.#scripts[task].shift() ?? this.#random.get(task)?.() ?? this.#always.get(task) ?? 'ok';
  }
}

function assertKnown(spec: FaultSpec | null | undefined): void {
  if (typeof spec === 'string' && !Object.hasOwn(FAULTS, spec)) throw new Error(`unknown fault ${spec}`);
}

function chance({ probability, seed, faults }: NonNullable<Command['random']>): () => FaultSpec | undefined {
  const draw = seeded(seed);
  return () => (draw() < probability ? faults[Math.floor(draw() * faults.length)] : undefined);
}
