import type { Attempt } from '../../domain/attempt.js';
import { atMostUsdOf, sumUsd, worstCaseOfCallUsd, worstCaseUsd } from '../../domain/budget/budget.js';
import { utf8Bytes } from '../../domain/text.js';
import type { Candidate } from '../../domain/failover/plan.js';

/** What a run may spend, and has spent at most. Without a limit, everything fits. */
export class Budget {
  private underWayUsd = 0;
  private underWay = 0;

  /**
   * @param maxUsd undefined: no limit
   * @param atMostUsd what was spent or may have been, before; null where that is not known
   */
  constructor(
    private readonly maxUsd: number | undefined,
    public atMostUsd: number | null = 0,
  ) {}

  /** Whether a call does not fit only beside those under way: they hold back their worst case, and most of it comes free. */
  isHeldBack(candidate: Candidate, text: string): boolean {
    return this.underWay > 0 && this.shortfall(candidate, text) !== undefined;
  }

  /** @returns why a call may not be made, for a person; undefined when its worst case fits */
  shortfall(candidate: Candidate, text: string): string | undefined {
    if (this.maxUsd === undefined) return undefined;
    const nextUsd = worstCaseOfCallUsd(candidate, utf8Bytes(text)) ?? Infinity;
    const spentUsd = (this.atMostUsd ?? Infinity) + this.underWayUsd;
    if (spentUsd + nextUsd <= this.maxUsd) return undefined;
    const [spent, most, next] = [spentUsd, this.maxUsd, nextUsd].map((usd) => `$${usd.toFixed(6)}`);
    return `up to ${spent} of ${most} is spent, and the next call may cost ${next}`;
  }

  fits(candidate: Candidate, text: string): boolean {
    return this.shortfall(candidate, text) === undefined;
  }

  /** Sets the worst case of a call aside. Call what this returns with the attempts that were made. */
  setAside(candidate: Candidate, text: string): (attempts: readonly Attempt[]) => void {
    const aside = this.maxUsd === undefined ? 0 : (worstCaseOfCallUsd(candidate, utf8Bytes(text)) ?? 0);
    this.underWayUsd += aside;
    this.underWay += 1;
    return (attempts) => {
      this.underWay -= 1;
      this.underWayUsd -= aside;
      const each = worstCaseUsd(candidate, utf8Bytes(text));
      for (const attempt of attempts) {
        this.atMostUsd = sumUsd(this.atMostUsd, atMostUsdOf(attempt, each));
      }
    };
  }
}
