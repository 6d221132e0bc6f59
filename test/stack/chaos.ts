import { setTimeout as sleep } from 'node:timers/promises';
import type { FakeProviders } from '../support/fake-providers.js';
import type { RunningCommand, Shell } from '../support/command-line.js';
import { seeded } from '../support/seeded.js';
import type { Database } from './postgresql.js';
import type { TemporalServer } from './temporal-server.js';

const BETWEEN_MS = [1_500, 4_000] as const;
const DOWN_MS = [200, 2_000] as const;
const OUTAGE_MS = [3_000, 8_000] as const;

/** Workers as processes of their own, of which one may be killed at any time. */
export class Workers {
  readonly #shell: Shell;
  readonly #running: RunningCommand[] = [];
  readonly #all: RunningCommand[] = [];
  /** What workers wrote that ended though nobody ended them. */
  readonly endedByThemselves: string[] = [];

  constructor(shell: Shell) {
    this.#shell = shell;
  }

  async add(): Promise<void> {
    const worker = this.#shell.start(['worker']);
    this.#running.push(worker);
    this.#all.push(worker);
    void worker.ended.then(({ stderr }) => {
      if (this.#running.includes(worker)) this.endedByThemselves.push(stderr.slice(-1_000));
    });
    await worker.says(/^ready/m);
  }

  /** All that any of them wrote. */
  output(): string {
    return this.#all.map((worker) => worker.output()).join('\n');
  }

  /** @param chance 0 to 1: which */
  async kill(chance: number): Promise<void> {
    const [victim] = this.#running.splice(Math.floor(chance * this.#running.length), 1);
    victim?.signal('SIGKILL');
    await victim?.ended;
  }

  async stop(): Promise<void> {
    const all = this.#running.splice(0);
    for (const worker of all) worker.signal('SIGTERM');
    await Promise.all(all.map(({ ended }) => ended));
  }
}

interface Victims {
  database: Database;
  server: TemporalServer;
  workers: Workers;
  fake: FakeProviders;
}

/** Kills one of the stack after another, and lets vendors fail meanwhile. @returns how often each was hit */
export async function chaos({ database, server, workers, fake }: Victims, seed: number, untilMs: number) {
  const draw = seeded(seed);
  const between = ([least, most]: readonly [number, number]) => least + draw() * (most - least);
  const lasting: Promise<unknown>[] = [];
  const hits = { postgresql: 0, server: 0, worker: 0, outage: 0 };
  const strikes: Record<keyof typeof hits, () => Promise<void>> = {
    async postgresql() {
      await database.kill();
      await sleep(between(DOWN_MS));
      await database.start();
    },
    async server() {
      await server.kill();
      await sleep(between(DOWN_MS));
      await server.start();
    },
    async worker() {
      await workers.kill(draw());
      await sleep(between(DOWN_MS));
      await workers.add();
    },
    outage() {
      const name = draw() < 0.5 ? 'openai' : 'huggingface';
      fake.always(name, draw() < 0.5 ? '500' : '429');
      const over = sleep(between(OUTAGE_MS)).then(() => {
        fake.always(name, undefined);
      });
      lasting.push(over); // the others are killed meanwhile
      return Promise.resolve();
    },
  };
  const deck = ['outage', 'worker', 'postgresql', 'server', 'worker'] as const;
  for (let turn = 0; Date.now() < untilMs; turn += 1) {
    await sleep(between(BETWEEN_MS));
    // The first round hits each of them once, so that a short run leaves nobody out.
    const victim = turn < deck.length ? deck[turn] : deck[Math.floor(draw() * deck.length)];
    if (victim === undefined) continue;
    hits[victim] += 1;
    await strikes[victim]();
  }
  await Promise.all(lasting);
  return hits;
}
