import { setTimeout as sleep } from 'node:timers/promises';
import type { FailureKind } from '../../domain/failure.js';
import type { Task } from '../../domain/task.js';

/** Why a worker takes itself out of a provider's queue: something about itself, as far as it can tell. */
export interface Withdrawal {
  reason: string;
  kind: Extract<FailureKind, 'Auth' | 'Unavailable'>;
  /** What was asked when it showed. */
  task: Task;
}

/** Shorter than what an activity has beyond its own call. */
const MAX_TRIAL_MS = 5_000;
const NO_WAY_OUT_IN_A_ROW = 3;
const NO_WAY_OUT_FOR_MS = 2_000;

/**
 * What this worker knows of its own way to a provider, its key and its network. Until its key is known to work it makes
 * one call at a time, so that a wrong key is tried once and not by all that lies in the queue.
 */
export class Standing {
  private isProven = false;
  private left: Withdrawal | undefined;
  private trial: Promise<unknown> | undefined;
  private noWayOut: { sinceMs: number; times: number } | undefined;

  /** @param on `withdraw` takes the worker out of the provider's queue, `well` hears of a call that went well */
  constructor(private readonly on: { withdraw: (why: Withdrawal) => void; well: () => void }) {}

  /**
   * A call wants to begin; the first ones wait a moment for the one that tries the key.
   * @returns what to call when it has ended; undefined when this worker is out of the queue, and nothing may be sent
   */
  async enter(): Promise<(() => void) | undefined> {
    const giveUpAtMs = Date.now() + MAX_TRIAL_MS;
    while (this.isTried && this.trial && Date.now() < giveUpAtMs) {
      await Promise.race([this.trial, sleep(giveUpAtMs - Date.now(), undefined, { ref: false })]);
    }
    if (this.left) return undefined;
    if (this.isProven || this.trial) return () => undefined;
    let end: () => void = () => undefined;
    this.trial = new Promise<void>((resolve) => {
      end = () => {
        this.trial = undefined;
        resolve();
      };
    });
    return end;
  }

  /** Why this worker is out of the queue; undefined while it is not. */
  get withdrawal(): Withdrawal | undefined {
    return this.left;
  }

  private get isTried(): boolean {
    return !this.isProven && !this.left;
  }

  /** The provider took the key: it answered, or failed in another way. */
  keyWorks(): void {
    if (this.left) return; // a call that began before the key was found wrong
    if (!this.isProven) this.on.well();
    this.isProven = true;
    this.noWayOut = undefined;
  }

  keyFails(task: Task, reason: string): void {
    this.leave({ task, reason, kind: 'Auth' });
  }

  /**
   * No connection could be made from here.
   * @param canOthers whether other workers serve the provider and it is not known to be down
   */
  cannotConnect(task: Task, reason: string, nowMs: number, canOthers: boolean): void {
    const { sinceMs, times } = this.noWayOut ?? { sinceMs: nowMs, times: 0 };
    this.noWayOut = { sinceMs, times: times + 1 };
    const isLong = times + 1 >= NO_WAY_OUT_IN_A_ROW && nowMs - sinceMs >= NO_WAY_OUT_FOR_MS;
    if (isLong && canOthers) this.leave({ task, reason, kind: 'Unavailable' });
  }

  /** Back in the queue, to be tried with one call. */
  rejoin(): void {
    this.left = undefined;
    this.isProven = false;
    this.noWayOut = undefined;
  }

  private leave(why: Withdrawal): void {
    if (this.left) return;
    this.left = why;
    this.isProven = false;
    this.on.withdraw(why);
  }
}
