import type { Attempt } from '../../domain/attempt.js';
import { bytesOf, mostSpentUsd, worstCaseOfCallUsd } from '../../domain/budget/budget.js';
import type { Candidate } from '../../domain/failover/plan.js';

/** What a run may spend. Without a limit, everything fits. */
export class Budget {
  /** What was spent or may have been, and what calls under way may cost: never too little. US dollars. */
  private committedUsd = 0;
  private underWay = 0;

  constructor(private readonly maxUsd = Infinity) {}

  /** Whether a call does not fit only beside those under way: they hold back their worst case, and most of it comes free. */
  isHeldBack(candidate: Candidate, text: string): boolean {
    return this.underWay > 0 && this.shortfall(candidate, text) !== undefined;
  }

  /** @returns why a call may not be made, for a person; undefined when its worst case fits */
  shortfall(candidate: Candidate, text: string): string | undefined {
    const nextUsd = this.worstCaseUsd(candidate, text);
    if (this.committedUsd + nextUsd <= this.maxUsd) return undefined;
    const [spent, most, next] = [this.committedUsd, this.maxUsd, nextUsd].map((usd) => `$${usd.toFixed(6)}`);
    return `up to ${spent} of ${most} is spent, and the next call may cost ${next}`;
  }

  /** Sets the worst case of a call aside. Call what this returns with the attempts that were made. */
  setAside(candidate: Candidate, text: string): (attempts: readonly Attempt[]) => void {
    const worstCaseUsd = this.worstCaseUsd(candidate, text);
    this.committedUsd += worstCaseUsd;
    this.underWay += 1;
    return (attempts) => {
      this.underWay -= 1;
      this.committedUsd -= worstCaseUsd;
      const each = worstCaseUsd / candidate.retry.maximumAttempts;
      for (const attempt of attempts) this.committedUsd += mostSpentUsd(attempt, each);
    };
  }

  /** 0 without a limit: then there need be no price. */
  private worstCaseUsd(candidate: Candidate, text: string): number {
    return this.maxUsd === Infinity ? 0 : worstCaseOfCallUsd(candidate, bytesOf(text));
  }
}
