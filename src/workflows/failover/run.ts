import {
  ApplicationFailure,
  condition,
  getExternalWorkflowHandle,
  setCurrentDetails,
  workflowInfo,
} from '@temporalio/workflow';
import type { AnalysisStatus } from '../../domain/analyze/analysis.js';
import { lastWords, totalCostUsd, type Attempt } from '../../domain/attempt.js';
import type { Failure } from '../../domain/failure.js';
import { backAt, msUntilReady, type Lineup } from '../../domain/failover/lineup.js';
import { outageIdOf } from '../../domain/outage/outage.js';
import type { Candidate } from '../../domain/failover/plan.js';
import type { Task } from '../../domain/task.js';
import type { Budget } from '../budget/budget.js';
import { waitForSignal } from '../messages.js';

const DEFAULT_DEADLINE_MS = 3_600_000;
const PLAN_HOLDS_MS = 5_000;
/** A worker that found a provider closed says so for this long, whatever happens to the outage. */
const WORKERS_REMEMBER_MS = 1_000;

/** Why a provider is left alone for a while. */
interface Rest extends Pick<Failure, 'kind' | 'message'> {
  /** Epoch milliseconds. */
  untilMs: number;
}

/** One run of `analyze` under way: its trail, its limits, and what it tells whoever asks. */
export class Run {
  readonly attempts: Attempt[] = [];
  private planHoldsUntilMs = Date.now() + PLAN_HOLDS_MS;
  private phase: AnalysisStatus['phase'] = 'planning';
  private readonly asking: string[] = [];
  private readonly resting = new Set<Lineup>();
  /** Providers that came back while the run waited, in order. */
  private readonly returned: { provider: string; atMs: number }[] = [];
  /** Where `ContextTooLong` taught the run a provider's limit. Characters. */
  private readonly learnedChars = new Map<string, number>();
  /** Who failed in this run and rests, for whatever it is asked next. */
  private readonly rests = new Map<string, Rest>();
  private wakeUps = 0;
  /** What ends the run; other parts of a long text stop at it too. */
  private ending: ApplicationFailure | undefined;
  private readonly deadlineMs: number;
  private readonly deadlineAtMs: number;

  /** @param deadlineMs from the start; by default an hour from when a worker first took the run */
  constructor(
    deadlineMs: number | undefined,
    private readonly budget: Budget,
  ) {
    this.deadlineMs = deadlineMs ?? DEFAULT_DEADLINE_MS;
    const fromMs = deadlineMs === undefined ? Date.now() : workflowInfo().startTime.getTime();
    this.deadlineAtMs = fromMs + this.deadlineMs;
  }

  status(): AnalysisStatus {
    const [asking] = this.asking;
    const resting = new Map([...this.resting].flat().map((place) => [place.provider, place]));
    const waitingFor = [...resting.values()].map(({ provider, readyAtMs, awaitsOutage }) =>
      awaitsOutage === 'unknown' ? { provider } : { provider, until: iso(readyAtMs) },
    );
    return {
      phase: this.phase,
      attempts: this.attempts,
      ...(asking !== undefined && { asking }),
      ...(asking === undefined && waitingFor.length > 0 && { waitingFor }),
    };
  }

  enter(phase: AnalysisStatus['phase']): void {
    this.phase = phase;
    setCurrentDetails(phase);
  }

  /** Ends the waits under way: everybody may be asked again. */
  wake(): void {
    this.wakeUps += 1;
    this.rests.clear();
  }

  /** A provider is back in use; those who waited for it come back spread over a time. */
  reopened(provider: string, spreadMs: number): void {
    this.returned.push({ provider, atMs: Date.now() + Math.random() * spreadMs });
    this.rests.delete(provider);
  }

  /** A provider failed, and is asked for nothing before its time is over. */
  restsUntil(provider: string, untilMs: number, { kind, message }: Failure): void {
    this.rests.set(provider, { untilMs, kind, message });
  }

  /** @returns why a provider rests; undefined when it may be asked */
  restOf(provider: string): Rest | undefined {
    const rest = this.rests.get(provider);
    return rest && rest.untilMs > Date.now() ? rest : undefined;
  }

  /** An outage of the time when the run was planned is not taken for open much later, or after a wait: the call finds out. */
  asOfNow(candidates: readonly Candidate[]): readonly Candidate[] {
    if (Date.now() < this.planHoldsUntilMs) return candidates;
    return candidates.map(({ closure: _, ...candidate }) => candidate);
  }

  /** @returns characters that a provider takes at once, as configured, or as it turned out in this run */
  longestFor({ provider, maxInputChars = Infinity }: Candidate): number {
    return Math.min(maxInputChars, this.learnedChars.get(provider) ?? Infinity);
  }

  /** A provider found a text too long. @returns what to try next, in characters */
  tooLong(candidate: Candidate, length: number): number {
    const longest = Math.min(this.longestFor(candidate), Math.ceil(length / 2)); // other parts may have taught it more
    this.learnedChars.set(candidate.provider, longest);
    return longest;
  }

  /** @returns milliseconds, more than 0 */
  timeLeftMs(task: Task): number {
    const left = this.deadlineAtMs - Date.now();
    if (left > 0) return left;
    throw this.failure('DeadlineExceeded', `no answer within ${this.deadlineMs} ms: ${lastWords(task, this.attempts)}`);
  }

  /** Whether only calls of other parts keep a call from fitting the budget. @throws what has ended the run meanwhile */
  mustWait(candidate: Candidate, text: string): boolean {
    this.throwIfEnded();
    return this.budget.isHeldBack(candidate, text);
  }

  async roomFor(candidate: Candidate, text: string): Promise<void> {
    await condition(() => this.ending !== undefined || !this.budget.isHeldBack(candidate, text));
  }

  /**
   * One call begins, unless its worst case is over the budget. Call what this returns when it has ended, with the
   * attempts that were made, whatever came of them.
   */
  begin(candidate: Candidate, text: string): (attempts: readonly Attempt[]) => void {
    const { provider } = candidate;
    const shortfall = this.budget.shortfall(candidate, text);
    if (shortfall !== undefined) throw this.failure('BudgetExceeded', shortfall);
    const spent = this.budget.setAside(candidate, text);
    this.asking.push(provider);
    setCurrentDetails(`${this.phase}: asking ${this.asking.join(', ')}`);
    return (attempts) => {
      this.asking.splice(this.asking.indexOf(provider), 1);
      this.attempts.push(...attempts);
      spent(attempts);
    };
  }

  skip(places: readonly Omit<Attempt, 'outcome' | 'startedAt' | 'latencyMs'>[]): void {
    const startedAt = iso(Date.now());
    for (const { task, provider, model, ...why } of places) {
      this.attempts.push({ task, provider, model, outcome: 'skipped', ...why, startedAt, latencyMs: 0 });
    }
  }

  /**
   * Sleeps until somebody of the lineup is ready, an outage ends, `retryNow` comes, or the deadline.
   * @returns the lineup to go on with
   */
  async rest(task: Task, lineup: Lineup): Promise<Lineup> {
    this.planHoldsUntilMs = 0;
    const { wakeUps } = this;
    const seen = this.returned.length;
    const back = (provider: string) => this.returned.slice(seen).find((each) => each.provider === provider)?.atMs;
    this.resting.add(lineup);
    setCurrentDetails(`${task}: waiting for ${lineup.map(({ provider }) => provider).join(', ')}`);
    try {
      await Promise.all(lineup.filter(({ awaitsOutage }) => awaitsOutage).map((place) => this.askToBeWoken(place)));
      const news = () =>
        this.ending !== undefined ||
        this.wakeUps > wakeUps ||
        lineup.some(({ provider }) => back(provider) !== undefined);
      await condition(news, Math.max(1, Math.min(msUntilReady(lineup, Date.now()), this.timeLeftMs(task))));
    } finally {
      this.resting.delete(lineup);
    }
    return backAt(lineup, this.wakeUps > wakeUps ? () => Date.now() : back);
  }

  /** The error that ends this run, with the whole trail. */
  failure(type: string, message: string): ApplicationFailure {
    const { attempts } = this;
    const details = {
      attempts,
      // read when the run ends: until then calls of other parts may come to their end
      get costUsd() {
        return totalCostUsd(attempts);
      },
    };
    this.ending ??= ApplicationFailure.create({ type, message, nonRetryable: true, details: [details] });
    return this.ending;
  }

  /** @throws ApplicationFailure when another part of the text has ended the run */
  throwIfEnded(): void {
    if (this.ending) throw this.ending;
  }

  private async askToBeWoken({ provider, awaitsOutage }: Lineup[number]): Promise<void> {
    try {
      await getExternalWorkflowHandle(outageIdOf(provider)).signal(waitForSignal, workflowInfo().workflowId);
    } catch {
      if (awaitsOutage === 'reported') return; // not open yet, it may be: the named time holds
      // It is over, or cannot take more; either way the call finds out, and not before this worker looks again.
      this.returned.push({ provider, atMs: Date.now() + WORKERS_REMEMBER_MS * (1 + Math.random()) });
    }
  }
}

function iso(atMs: number): string {
  return new Date(atMs).toISOString();
}
