import { setTimeout as sleep } from 'node:timers/promises';
import type { Worker } from '@temporalio/worker';
import type { Withdrawal } from '../activities/failover/standing.js';

const FIRST_PAUSE_MS = 30_000;
const MAX_PAUSE_MS = 600_000;
const LOOK_EVERY_MS = 1_000;
/** The run that met the failure switches first: both would want this worker at the same moment. */
const LEAVES_AFTER_MS = 100;

interface Surroundings {
  provider: string;
  /** A new Worker of the provider's task queue. */
  create: () => Promise<Worker>;
  /** Says once why this worker takes no calls of the provider. */
  say: (line: string) => void;
  /** It leaves; tells the fleet, where that concerns it. */
  leaves: (why: Withdrawal) => void;
  /** Whether it has to come back before its time: nobody else is left, or an operator wants it. */
  isWanted: (why: Withdrawal) => Promise<boolean>;
  /** It takes calls again. */
  rejoined: () => void;
}

/** @returns milliseconds: twice as long, 10 min at most */
export function longerPauseMs(pauseMs: number): number {
  return Math.min(pauseMs * 2, MAX_PAUSE_MS);
}

/**
 * This worker's place in a provider's task queue. A worker with a bad key, or without a way out, leaves it to those that
 * have both, and tries again by itself: after 30 s, doubling, 10 min at most.
 */
export class ProviderQueue {
  private worker: Worker | undefined;
  private why: Withdrawal | undefined;
  private isStopping = false;
  private stopPause: () => void = () => undefined;
  private pauseMs = FIRST_PAUSE_MS;
  private said: string | undefined;

  constructor(private readonly surroundings: Surroundings) {}

  async open(): Promise<void> {
    this.worker = await this.surroundings.create();
  }

  /** Takes no more calls for now; those that it is handed until it is out of the queue are for its gate to turn away. */
  withdraw(why: Withdrawal): void {
    if (this.why) return;
    this.why = why;
    setTimeout(() => {
      this.surroundings.leaves(why);
      this.shutDown();
    }, LEAVES_AFTER_MS);
  }

  /** A call went well: the next time that something is wrong it starts with a short pause. */
  isWell(): void {
    this.pauseMs = FIRST_PAUSE_MS;
    this.said = undefined;
  }

  /** Takes calls until it is stopped. @throws when a Worker ends by itself */
  async run(): Promise<void> {
    for (;;) {
      const running = this.worker?.run();
      if (this.hasStopped()) this.shutDown(); // it was stopped while its Worker was made
      await running;
      if (!this.why) return; // stopped, or by a signal that the runtime heard
      await this.pause(this.why);
      if (this.hasStopped()) return;
      this.worker = await this.surroundings.create();
      this.surroundings.rejoined();
    }
  }

  stop(): void {
    this.isStopping = true;
    this.stopPause();
    this.shutDown();
  }

  private shutDown(): void {
    if (this.worker?.getState() === 'RUNNING') this.worker.shutdown();
  }

  private hasStopped(): boolean {
    return this.isStopping;
  }

  private async pause(why: Withdrawal): Promise<void> {
    const { provider, say, isWanted } = this.surroundings;
    const untilMs = Date.now() + this.pauseMs;
    if (this.said !== why.reason) {
      say(`${provider}: ${why.reason}; this worker leaves it to others and tries again by itself`);
    }
    this.said = why.reason;
    this.pauseMs = longerPauseMs(this.pauseMs);
    const stopped = new Promise<void>((resolve) => {
      this.stopPause = resolve;
    });
    while (!this.isStopping && Date.now() < untilMs && !(await isWanted(why))) {
      await Promise.race([sleep(LOOK_EVERY_MS), stopped]);
    }
    this.why = undefined;
  }
}
