import { setTimeout as sleep } from 'node:timers/promises';

/**
 * The server's limit lets through at once what it allows in a second, so that after a quiet moment a vendor would see twice its
 * limit. A little above this worker's share, for the others have theirs in uneven portions.
 */
const SHARE_OF_LIMIT = 1.1;
/** Then others have a smaller share than was thought; the server's limit holds whatever happens here. Milliseconds. */
const MAX_WAIT_MS = 2_000;

/** Spreads this worker's calls of a provider evenly over the time. */
export class Pace {
  private nextAtMs = 0;

  /**
   * @param perSecond that the provider takes of all workers together; undefined: no limit
   * @param sharers how many workers there are
   */
  constructor(
    private readonly perSecond: number | undefined,
    private readonly sharers: () => number,
  ) {}

  /** Waits for the turn of a call. @returns whether it had to */
  async turn(): Promise<boolean> {
    if (this.perSecond === undefined) return false;
    const nowMs = Date.now();
    const atMs = Math.min(Math.max(this.nextAtMs, nowMs), nowMs + MAX_WAIT_MS);
    this.nextAtMs = atMs + (this.sharers() * 1_000) / (this.perSecond * SHARE_OF_LIMIT);
    if (atMs <= nowMs) return false;
    await sleep(atMs - nowMs, undefined, { ref: false });
    return true;
  }
}
