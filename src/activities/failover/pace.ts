import { setTimeout as sleep } from 'node:timers/promises';

/**
 * The server's limit lets through at once what it allows in a second, so that after a quiet moment a vendor would see twice its
 * limit. A little above this worker's share, for calls do not come in even portions.
 */
const SHARE_OF_LIMIT = 1.15;
const WINDOW_MS = 1_000;
/** Then others have a smaller share than was thought; the server's limit holds whatever happens here. */
const MAX_WAIT_MS = 2_000;

/** Keeps this worker's calls of a provider to its share of the limit in every second. */
export class Pace {
  /** When the calls of the last second began, or will. */
  private turns: number[] = [];

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
    const fair = this.perSecond / this.sharers();
    const share = Math.max(Math.ceil(fair), Math.floor(fair * SHARE_OF_LIMIT));
    const leaderMs = this.turns.at(-share) ?? -Infinity; // may begin one window after it
    const atMs = Math.min(Math.max(nowMs, leaderMs + WINDOW_MS), nowMs + MAX_WAIT_MS);
    this.turns = [...this.turns.filter((each) => each > nowMs - WINDOW_MS), atMs];
    if (atMs <= nowMs) return false;
    await sleep(atMs - nowMs, undefined, { ref: false });
    return true;
  }
}
