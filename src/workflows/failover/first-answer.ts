import type { Answered } from '../../activities/failover/provider-activities.js';
import { lastWords, type Attempt } from '../../domain/attempt.js';
import { POLICY } from '../../domain/failure.js';
import { afterFailure, firstReady, startingLineup } from '../../domain/failover/lineup.js';
import type { Candidate, Route } from '../../domain/failover/plan.js';
import type { Task } from '../../domain/task.js';
import { providerFailureIn, type ProviderFailure } from './provider-failure.js';
import type { Run } from './run.js';

/** What is asked of whom. */
export interface Request<T> extends Route {
  task: Task;
  text: string;
  /** Of a long text, like `2/5`. */
  part?: string;
  ask: (call: Candidate & { timeLeftMs: number }) => Promise<Answered<T>>;
  /** Answers by way of parts when the text is too long for a provider; absent where it is not divisible. */
  split?: (maxChars: number) => Promise<T>;
}

/**
 * Asks one provider after another, best first, until one answers: switches while another can answer, waits when none
 * can right now.
 * @throws ApplicationFailure of type `NoProviderLeft`, `DeadlineExceeded` or `BudgetExceeded`, or of the failure's own
 * kind when that kind means stop; its details hold the trail
 */
export async function firstAnswer<T>(run: Run, request: Request<T>): Promise<T> {
  const { task, onRefusal, text, part, split, ask } = request;
  const candidates = run.asOfNow(request.candidates);
  const passOver = passingOver(run, { ...request, candidates });
  const rested = candidates.map((candidate) => ({
    ...candidate,
    restsUntilMs: run.restOf(candidate.provider)?.untilMs,
  }));
  let lineup = startingLineup(rested, Date.now(), Math.random());
  while (lineup.length > 0) {
    run.throwIfEnded();
    const ready = firstReady(lineup, Date.now());
    const candidate = candidates.find(({ provider }) => provider === ready);
    passOver(candidate);
    if (candidate === undefined) {
      lineup = await run.rest(task, lineup);
      continue;
    }
    const longest = run.longestFor(candidate);
    if (split && text.length > longest) return split(longest);
    while (run.mustWait(candidate, text)) await run.roomFor(candidate, text); // others that waited may be first
    const timeLeftMs = run.timeLeftMs(task);
    const askedAtMs = Date.now();
    const end = run.begin(candidate, text);
    let failure: ProviderFailure;
    try {
      const { value, attempts } = await ask({ ...candidate, timeLeftMs });
      end(inPart(part, attempts));
      return value;
    } catch (error) {
      failure = failureOf(error, { task, candidate, askedAtMs });
      end(inPart(part, failure.attempts));
    }
    const reaction = POLICY[failure.kind].run;
    if (reaction === 'stop' && onRefusal === 'stop')
      throw run.failure(failure.kind, `${candidate.provider}: ${failure.message}`);
    if (reaction === 'split' && split) return split(run.tooLong(candidate, text.length));
    lineup = afterFailure(lineup, candidate.provider, failure, Date.now(), Math.random());
    const place = lineup.find(({ provider }) => provider === candidate.provider);
    const isTold = failure.closure !== undefined || POLICY[failure.kind].outage === 'closes'; // by an outage, which also ends it
    if (place && reaction === 'wait' && !isTold) run.restsUntil(place.provider, place.readyAtMs, failure);
  }
  passOver(undefined);
  throw run.failure('NoProviderLeft', `nobody can ${VERB[task]}: ${lastWords(task, run.attempts)}`);
}

/** @throws the error itself when it is none of a provider: a cancellation, or a defect */
function failureOf(
  error: unknown,
  { task, candidate, askedAtMs }: { task: Task; candidate: Candidate; askedAtMs: number },
): ProviderFailure {
  const failure = providerFailureIn(error);
  if (failure === undefined) throw error;
  if (failure.recorded) return failure;
  const { provider, model } = candidate;
  const { kind, message, attempts } = failure;
  const closed = kind === 'ProviderClosed';
  const last: Attempt = {
    task,
    provider,
    model,
    outcome: closed ? 'skipped' : 'failed',
    failure: kind,
    message,
    startedAt: new Date(askedAtMs).toISOString(),
    latencyMs: Date.now() - askedAtMs,
    ...(!closed && { possiblyPaid: true }),
  };
  return { ...failure, attempts: [...attempts, last] };
}

function inPart(part: string | undefined, attempts: readonly Attempt[]): readonly Attempt[] {
  return part === undefined ? attempts : attempts.map((each) => ({ ...each, part }));
}

/** Notes in the trail, once each, who would have been asked first if it were not out of use, or resting. */
function passingOver(
  run: Run,
  { task, part, candidates }: Pick<Request<unknown>, 'task' | 'part' | 'candidates'>,
): (next: Candidate | undefined) => void {
  const unsaid = new Map(candidates.map((candidate) => [candidate, whyNot(run, candidate)]));
  return (next) => {
    for (const candidate of candidates) {
      if (candidate === next) return;
      const why = unsaid.get(candidate);
      if (!why || !unsaid.delete(candidate)) continue;
      const { provider, model } = candidate;
      run.skip([{ task, provider, model, ...why, ...(part !== undefined && { part }) }]);
    }
  };
}

function whyNot(run: Run, { provider, closure }: Candidate): Pick<Attempt, 'failure' | 'message'> | undefined {
  if (closure) {
    return { failure: 'ProviderClosed', message: `an outage is open: ${closure.cause}: ${closure.message}` };
  }
  const rest = run.restOf(provider);
  return rest && { failure: rest.kind, message: `it failed a moment ago: ${rest.message}` };
}

const VERB = { summarize: 'summarize the text', sentiment: 'judge the sentiment' } as const satisfies Record<
  Task,
  string
>;
