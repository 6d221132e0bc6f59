import type { Client } from '@temporalio/client';
import { outageIdOf } from '../../domain/failover/out-of-use.js';

/** The first are told at once; an outage of hours does not hear more than one a minute of each worker. */
const FIRST_PAUSE_MS = 1_000;
const MAX_PAUSE_MS = 60_000;
/** An outage that was quiet for so long is another one. */
const FORGOTTEN_AFTER_MS = 600_000;

interface Saved {
  count: number;
  pauseMs: number;
  toldAtMs: number;
  timer?: NodeJS.Timeout;
}

/** Counts calls that an outage saved, and tells it of them in few signals. */
export class Savings {
  private readonly byUnit = new Map<string, Saved>();

  constructor(private readonly client: Client) {}

  add(unit: string): void {
    const nowMs = Date.now();
    const before = this.byUnit.get(unit);
    const isNew = before === undefined || nowMs - before.toldAtMs > FORGOTTEN_AFTER_MS;
    const saved: Saved = isNew ? { count: 0, pauseMs: FIRST_PAUSE_MS, toldAtMs: nowMs } : before;
    this.byUnit.set(unit, saved);
    saved.count += 1;
    if (saved.timer) return;
    saved.timer = setTimeout(() => {
      this.report(unit, saved);
    }, saved.pauseMs);
    saved.timer.unref();
  }

  private report(unit: string, saved: Saved): void {
    const { count } = saved;
    saved.count = 0;
    saved.toldAtMs = Date.now();
    saved.pauseMs = Math.min(MAX_PAUSE_MS, saved.pauseMs * 2);
    delete saved.timer;
    // It may be over by now: then nobody wants to know.
    void this.client.workflow
      .getHandle(outageIdOf(unit))
      .signal('callsSaved', count)
      .catch(() => undefined);
  }
}
