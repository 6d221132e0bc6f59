import { condition } from '@temporalio/workflow';
import type { Answered } from '../../activities/failover/provider-activities.js';
import type { CallText } from '../../activities/failover/run-text.js';
import { lastWords, type Attempt } from '../../domain/attempt.js';
import type { Candidate, Route } from '../../domain/failover/plan.js';
import { POLICY } from '../../domain/failure.js';
import type { Task } from '../../domain/task.js';
import { callOf } from './ask-provider.js';
import { providerFailureIn, type ProviderFailure } from './provider-failure.js';
import { skippedFor } from './providers-now.js';
import { HistoryIsLong, isHistoryLong, type Run } from './run.js';
import { planRoute } from './planning.js';

/** What is asked of whom. */
export interface TaskRequest<T> extends Route {
  task: Task;
  text: string;
  /** What a call carries of it; absent: the text itself. */
  callText?: CallText;
  /** Of a long text, like `2/5`. */
  part?: string;
  /** How a text that is too long is answered by way of parts; absent where it is not divisible. */
  parts?: {
    /** @returns characters that a provider takes at once, as configured, or as it turned out in this run */
    maxChars(candidate: Candidate): number;
    /** A provider found the text too long. */
    tooLong(candidate: Candidate, chars: number): void;
    answer(maxChars: number): Promise<T>;
  };
}

/** A call that no worker takes for this long has a better place to go. Milliseconds. */
const QUEUED_MS = { elsewhere: 5_000, othersReady: 10_000, othersLater: 30_000, alone: 600_000, oneOfMany: 3_600_000 };

/**
 * Asks one provider after another, best first, until one answers: switches while another can answer, waits when none
 * can right now.
 * @throws ApplicationFailure of type `NoProviderLeft`, `DeadlineExceeded` or `BudgetExceeded`, or of the failure's own
 * kind when that kind means stop; its details hold the trail
 * @throws HistoryIsLong when the run has to go on in another one
 */
export async function firstAnswer<T>(run: Run, request: TaskRequest<T>): Promise<T> {
  const { task, candidates, onRefusal, text, part, parts } = request;
  const { trail, providers, budget } = run;
  const lostAt = new Set<Candidate>();
  if (!parts) dropTooSmall(run, request);
  for (;;) {
    trail.throwIfEnded();
    const left = providers.notDropped(task, candidates);
    if (left.length === 0) break;
    const isInParts = (each: Candidate) => parts !== undefined && text.length > parts.maxChars(each);
    const payable = left.filter((each) => isInParts(each) || budget.fits(each, text) || budget.isHeldBack(each, text));
    if (payable.length === 0) throw trail.failure('BudgetExceeded', shortfallOf(run, left, text));
    const candidate = providers.firstReady(task, payable);
    notePassedOver(run, request, candidate);
    if (candidate === undefined) {
      await wait(run, task, payable);
      continue;
    }
    if (parts && isInParts(candidate)) return parts.answer(parts.maxChars(candidate));
    if (budget.isHeldBack(candidate, text)) {
      await condition(() => trail.hasEnded || !budget.isHeldBack(candidate, text));
      continue; // others that waited may be first
    }
    const { answered, failure } = await askOnce(run, request, candidate, payable);
    if (answered) {
      providers.answered(task, candidate);
      return answered.value;
    }
    const reaction = POLICY[failure.kind].run;
    if (reaction === 'stop' && onRefusal === 'stop') {
      throw trail.failure(failure.kind, `${candidate.provider}: ${failure.message}`);
    }
    if (reaction === 'split' && parts) {
      parts.tooLong(candidate, text.length);
      return parts.answer(parts.maxChars(candidate));
    }
    if (reaction === 'again' && !lostAt.has(candidate)) lostAt.add(candidate);
    else providers.failed(task, candidate, failure);
    if (failure.neverStarted && metWorker(run, candidate)) {
      // Whoever refused it has left; the outage knows whether anybody else is there.
      const { availability } = await planRoute({ tasks: [task], routes: { [task]: [candidate.provider] } });
      providers.learned(availability);
    }
  }
  notePassedOver(run, request, undefined);
  const inPart = part === undefined ? '' : ` (part ${part})`;
  throw trail.failure('NoProviderLeft', `no provider can answer ${task}${inPart}: ${lastWords(task, trail.attempts)}`);
}

type Outcome<T> = { answered: Answered<T>; failure?: never } | { answered?: never; failure: ProviderFailure };

async function askOnce<T>(
  run: Run,
  { task, text, callText = { text }, part, candidates }: TaskRequest<T>,
  candidate: Candidate,
  payable: readonly Candidate[],
): Promise<Outcome<T>> {
  const { trail, budget, providers } = run;
  const askedAtMs = Date.now();
  const leftMs = timeLeftMs(run, task);
  const isOtherReady =
    providers.firstReady(
      task,
      payable.filter((each) => each !== candidate),
    ) !== undefined;
  const patience = metWorker(run, candidate)
    ? 'elsewhere'
    : run.isOneOfMany
      ? 'oneOfMany'
      : isOtherReady
        ? 'othersReady'
        : candidates.length > 1
          ? 'othersLater'
          : 'alone';
  const settle = budget.setAside(candidate, text);
  const end = trail.begin(task, candidate);
  const record = (attempts: readonly Attempt[]) => {
    const told = part === undefined ? attempts : attempts.map((each) => ({ ...each, part }));
    end(told);
    settle(told);
  };
  try {
    const time = leftMs === undefined ? {} : { timeLeftMs: leftMs };
    const call = callOf(task, { ...candidate, ...time, queuedMs: QUEUED_MS[patience], part });
    const answered = await call({ ...callText, ...(providers.isBack(candidate) && { isBack: true }) });
    record(answered.attempts);
    return { answered: answered as Answered<T> };
  } catch (error) {
    const failure = providerFailureIn(error);
    if (failure === undefined) {
      record([]);
      throw error; // a cancellation, or a defect
    }
    record(
      failure.recorded ? failure.attempts : [...failure.attempts, unrecorded(task, candidate, failure, askedAtMs)],
    );
    return { failure };
  }
}

/** Whether a worker failed by itself in this run, so that another one has to take the next call, or nobody. */
function metWorker({ trail }: Run, { provider }: Candidate): boolean {
  return trail.attempts.some(
    (each) => each.provider === provider && each.failure !== undefined && POLICY[each.failure].run === 'elsewhere',
  );
}

/** Whoever takes less than the text is not asked: what is too long for one may fit another. */
function dropTooSmall<T>({ providers }: Run, { task, text, candidates }: TaskRequest<T>): void {
  for (const candidate of candidates) {
    const { maxInputChars = Infinity } = candidate;
    if (text.length <= maxInputChars) continue;
    const message = `the text has ${text.length} characters, and it takes ${maxInputChars} (maxInputChars)`;
    providers.failed(task, candidate, { kind: 'ContextTooLong', message });
  }
}

/** What the run itself has to record, since no activity lived to do so. */
function unrecorded(task: Task, { provider, model }: Candidate, failure: ProviderFailure, askedAtMs: number): Attempt {
  const { kind, message, neverStarted } = failure;
  const wasNotCalled = kind === 'ProviderClosed';
  return {
    task,
    provider,
    model,
    outcome: wasNotCalled ? 'skipped' : 'failed',
    failure: kind,
    message,
    startedAt: new Date(askedAtMs).toISOString(),
    latencyMs: Date.now() - askedAtMs,
    ...(!wasNotCalled && !neverStarted && { possiblyPaid: true }),
  };
}

async function wait(run: Run, task: Task, candidates: readonly Candidate[]): Promise<void> {
  const { trail, providers } = run;
  if (run.cutsHistory && isHistoryLong()) throw trail.endWith(new HistoryIsLong());
  run.telling.waits();
  await providers.wait(
    task,
    candidates,
    timeLeftMs(run, task) ?? Infinity,
    () => trail.hasEnded || (run.cutsHistory && isHistoryLong()),
  );
}

/** @returns milliseconds, more than 0; undefined without a deadline */
function timeLeftMs({ deadline, trail }: Run, task: Task): number | undefined {
  const leftMs = deadline.leftMs();
  if (leftMs === undefined || leftMs > 0) return leftMs;
  const after = `no answer within ${deadline.afterMs ?? 0} ms`;
  throw trail.failure('DeadlineExceeded', `${after}: ${lastWords(task, trail.attempts)}`);
}

/** Notes in the trail who would have been asked first, had nothing stood in the way. */
function notePassedOver<T>(
  { trail, providers, budget }: Run,
  { task, candidates, text }: TaskRequest<T>,
  next: Candidate | undefined,
): void {
  for (const candidate of candidates) {
    if (candidate === next) return;
    const { provider, model } = candidate;
    if (trail.hasFailed(task, provider)) continue; // stands in the trail already
    const obstacle = providers.obstacleTo(task, candidate);
    const shortfall = budget.isHeldBack(candidate, text) ? undefined : budget.shortfall(candidate, text);
    if (obstacle) trail.skip([skippedFor(task, candidate, obstacle)]);
    else if (shortfall !== undefined) trail.skip([{ task, provider, model, message: `over the budget: ${shortfall}` }]);
  }
}

function shortfallOf({ budget }: Run, candidates: readonly Candidate[], text: string): string {
  const [first] = candidates.flatMap((each) => budget.shortfall(each, text) ?? []);
  return first ?? 'nothing is left of the budget';
}
