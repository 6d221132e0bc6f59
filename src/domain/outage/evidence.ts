/** A line is quiet below this many calls a second. */
const BUSY_PER_SECOND = 1;
const RATE_OVER_MS = 10_000;
/** What came of calls long ago says nothing of now. */
const REMEMBERED = 100;
const REMEMBERED_MS = 1_800_000;
const LAST = 20;
const LAST_WITHIN_MS = 60_000;
const FAILED_OF_LAST = 10;
const IN_A_ROW_ALONE = 5;
/** Where other workers see failures too: together they have seen as many. Two are chance where single ones happen. */
const IN_A_ROW_AMONG_OTHERS = { clean: 2, noisy: 3 };
const MIN_PROBE_MS = 1_000;
const TIMES_AS_LONG = 3;

export type Suspicion = 'none' | 'suspicious' | 'certain';

/**
 * What one worker has lately seen of a model: enough to tell an outage from the errors that every vendor has. On a quiet
 * line a failure is suspicion enough, two in a row where single ones proved to be nothing; on a busy one five in a row (two
 * or three where other workers see some too), or half of the last twenty, and then it is no chance.
 */
export class Evidence {
  private readonly outcomes: { atMs: number; ok: boolean }[] = [];
  private failedInARow = 0;
  private overdue = 0;
  private readonly latenciesMs = new Map<string, number[]>();

  answered(task: string, latencyMs: number, nowMs: number): void {
    this.isAlive(nowMs);
    const latencies = this.latenciesMs.get(task) ?? [];
    latencies.push(latencyMs);
    if (latencies.length > LAST) latencies.shift();
    this.latenciesMs.set(task, latencies);
  }

  /** It answered, if only with a no. */
  isAlive(nowMs: number): void {
    this.failedInARow = 0;
    this.remember(true, nowMs);
  }

  /** @param others whether other workers serve the provider too */
  failed(nowMs: number, others: boolean): Suspicion {
    this.failedInARow += 1;
    this.remember(false, nowMs);
    return this.suspicion(nowMs, others);
  }

  /** A call takes far longer than answers needed lately; call what this returns when it has ended, whatever came of it. */
  late(): () => void {
    this.overdue += 1;
    return () => {
      this.overdue -= 1;
    };
  }

  suspicion(nowMs: number, others: boolean): Suspicion {
    const inARow = this.failedInARow + this.overdue;
    const recent = this.outcomes.filter(({ atMs }) => nowMs - atMs <= RATE_OVER_MS).length + this.overdue;
    if (recent < (BUSY_PER_SECOND * RATE_OVER_MS) / 1_000) {
      if (this.failedInARow === 0) return 'none';
      return this.failedInARow > Math.min(this.blips(nowMs), 1) ? 'suspicious' : 'none';
    }
    const last = this.outcomes.slice(-LAST).filter(({ atMs }) => nowMs - atMs <= LAST_WITHIN_MS);
    const isHalf = last.filter(({ ok }) => !ok).length >= FAILED_OF_LAST;
    const { clean, noisy } = IN_A_ROW_AMONG_OTHERS;
    const isLong = inARow >= (others ? noisy : IN_A_ROW_ALONE);
    const isClean = others && this.failedInARow >= clean && this.blips(nowMs) === 0;
    return isLong || isClean || isHalf ? 'certain' : 'none';
  }

  /** What came of the last call speaks against the model, or one under way does. */
  get isShaken(): boolean {
    return this.failedInARow + this.overdue > 0;
  }

  /** @returns three times what answers to a task needed lately, but for the slowest tenth; undefined where nothing is known */
  usualTimesThreeMs(task: string): number | undefined {
    const sorted = (this.latenciesMs.get(task) ?? []).toSorted((a, b) => a - b);
    const usual = sorted[Math.ceil(sorted.length * 0.9) - 1];
    return usual === undefined ? undefined : Math.max(MIN_PROBE_MS, usual * TIMES_AS_LONG);
  }

  /** How long a probe may take. @param timeoutMs of any call, and of a probe where nothing is known. Milliseconds */
  probeMs(task: string, timeoutMs: number): number {
    return Math.ceil(Math.min(timeoutMs, this.usualTimesThreeMs(task) ?? timeoutMs));
  }

  /** Failures that the next call proved to be nothing. */
  private blips(nowMs: number): number {
    return this.outcomes.filter(
      ({ ok, atMs }, index) => !ok && nowMs - atMs <= REMEMBERED_MS && this.outcomes[index + 1]?.ok === true,
    ).length;
  }

  private remember(ok: boolean, atMs: number): void {
    this.outcomes.push({ atMs, ok });
    if (this.outcomes.length > REMEMBERED) this.outcomes.shift();
  }
}
