import { activityInfo, cancellationDetails, cancellationSignal, heartbeat } from '@temporalio/activity';
import type { Attempt } from '../../domain/attempt.js';
import { estimatedUsage, type Price } from '../../domain/cost.js';
import { closedMessage, type OutOfUse } from '../../domain/failover/out-of-use.js';
import { boundedFailure, POLICY, type Failure } from '../../domain/failure.js';
import type { Task } from '../../domain/task.js';
import { ProviderError, type Provider } from '../../providers/provider.js';
import { heartbeating } from '../heartbeat.js';
import type { OutageBoard } from '../outage/outage-board.js';
import { attemptRecorder, type CallWitness } from './attempt-recorder.js';
import { toApplicationFailure, type FailureDetails } from './provider-failure.js';
import type { Pace } from './pace.js';
import type { CallText, TextOf } from './run-text.js';
import type { Standing, Withdrawal } from './standing.js';
import type { Watch } from './watch.js';

/** What an activity gives the workflow: the answer, and every attempt that it took, the last one `ok`. */
export interface Answered<T> {
  value: T;
  attempts: Attempt[];
  /** Identity of the worker; of probes alone. */
  worker?: string;
}

/** A probe asks a provider that is out of use, within its own time: only an outage does. */
type ProviderCall = CallText & {
  probe?: { limitMs: number };
  /** The run was told that the provider is back. */
  isBack?: boolean;
};

/** A task of a provider, on the provider's own task queue. */
export type ProviderActivity = (call: ProviderCall) => Promise<Answered<unknown>>;

export interface ProviderSetting {
  provider: Provider;
  price: Price | undefined;
  outages: OutageBoard;
  textOf: TextOf;
  /** Of this worker. */
  identity: string;
  /** What this worker knows of its own key and its way out. */
  standing: Standing;
  /** Judges by what came of the calls, and tells the fleet. */
  watch: Watch;
  pace: Pace;
  witness?: CallWitness;
}

/** @param tasks of the configuration: each is an activity of its name */
export function providerActivities(setting: ProviderSetting, tasks: readonly Task[]): Record<Task, ProviderActivity> {
  return Object.fromEntries(tasks.map((task) => [task, (call: ProviderCall) => answer(setting, task, call)]));
}

async function answer(setting: ProviderSetting, task: Task, call: ProviderCall): Promise<Answered<unknown>> {
  const earlier = earlierAttempts();
  return heartbeating(earlier, async () => {
    await throwIfClosed(setting, task, call, earlier);
    if (!call.probe && (await setting.pace.turn())) await throwIfClosed(setting, task, call, earlier);
    const text = await setting.textOf(call).catch((error: unknown) => {
      throw ownFault(`cannot read the text: ${String(error)}`, earlier);
    });
    const { value, attempt } = await callOnce(setting, task, { text, probe: call.probe, earlier });
    return { value, attempts: [...earlier, attempt], ...(call.probe && { worker: setting.identity }) };
  });
}

/** The gate: nobody calls a provider that is out of use but its probe. */
async function throwIfClosed(
  { provider, outages, watch }: ProviderSetting,
  task: Task,
  { probe, isBack = false }: ProviderCall,
  earlier: readonly Attempt[],
): Promise<void> {
  if (probe) return;
  const as = isBack ? 'anew' : watch.isShaken(task) ? 'closely' : 'remembered';
  const outOfUse = await outages.outOfUse(provider.name, modelOf(provider, task), as);
  if (outOfUse) throw closedTo(outOfUse, earlier);
}

async function callOnce(
  { provider, price, standing, watch, witness }: ProviderSetting,
  task: Task,
  { text, probe, earlier }: { text: string; probe: { limitMs: number } | undefined; earlier: readonly Attempt[] },
): Promise<{ value: unknown; attempt: Attempt }> {
  const trialEnds = await standing.enter();
  if (trialEnds === undefined) throw turnedAway(provider.name, standing.withdrawal, watch.othersServe(), earlier);
  const record = attemptRecorder({
    ...{ task, provider: provider.name, model: modelOf(provider, task), price, text },
    ...(witness && { witness }),
  });
  const watched = watch.begin(task);
  const signal = cancellationSignal();
  const limit = probe && AbortSignal.timeout(probe.limitMs);
  try {
    const reply = await provider.answer(task, text, limit ? AbortSignal.any([signal, limit]) : signal);
    standing.keyWorks();
    watched.answered();
    const { value, usage } = reply;
    return { value, attempt: record.ok(usage, estimatedUsage(text, JSON.stringify(value)), reply) };
  } catch (error) {
    const isCancelled = signal.aborted && !(error instanceof ProviderError);
    if (isCancelled && cancellationDetails()?.workerShutdown !== true) throw error;
    const failed = isCancelled
      ? new ProviderError('WorkerLost', 'the worker was stopped with the call in flight', { possiblyPaid: true })
      : providerErrorOf(error, limit?.aborted === true ? probe?.limitMs : undefined);
    const failure = boundedFailure(failed.kind, failed.message, failed.retryAfterMs);
    const isOfAnOutage = probe !== undefined;
    if (failed.misfit) watched.answered();
    else watched.failed(failure, isOfAnOutage ? 'probe' : 'call');
    judgeMyself(standing, watch, task, failed);
    // A probe asks whether the provider is back; what it makes of a sentence that is none of the user's does not matter.
    if (isOfAnOutage && failed.misfit) return { value: undefined, attempt: record.failed(failure, failed) };
    // A key that nobody else can do better with is the provider's end for this run.
    const isLast = failed.kind === 'Auth' && watch.othersServe() === false;
    const outOfUse = isLast ? { outOfUse: { unit: provider.name, cause: failed.kind, message: failed.message } } : {};
    throw retriable(failure, { attempts: [...earlier, record.failed(failure, failed)], ...outOfUse });
  } finally {
    trialEnds();
    watched.end();
  }
}

/** This worker has left the queue: where nobody else is there, why it left is the provider's end for now. */
function turnedAway(
  provider: string,
  withdrawal: Withdrawal | undefined,
  othersServe: boolean | 'unknown',
  earlier: readonly Attempt[],
): Error {
  if (withdrawal === undefined) return ownFault('this worker was out of the queue for a moment', earlier);
  const { kind: cause, reason: message } = withdrawal;
  if (othersServe === false) return closedTo({ unit: provider, cause, message }, earlier);
  return ownFault(`this worker has left the queue (${message}); another one may serve it`, earlier);
}

function closedTo(outOfUse: OutOfUse, attempts: readonly Attempt[]): Error {
  const failure = { kind: 'ProviderClosed', message: closedMessage(outOfUse) } as const;
  return toApplicationFailure(failure, { attempts, outOfUse });
}

/** An adapter throws nothing but a `ProviderError`; whatever else comes out of one stems from an answer that it could not read. */
function providerErrorOf(error: unknown, probeLimitMs: number | undefined): ProviderError {
  if (error instanceof ProviderError) return error;
  if (probeLimitMs !== undefined) {
    return new ProviderError('Timeout', `no full answer to a probe in ${probeLimitMs} ms`, { possiblyPaid: true });
  }
  const name = error instanceof Error ? error.name : 'an error';
  return new ProviderError('BadOutput', `the answer could not be read (${name})`, { possiblyPaid: true });
}

/** A provider that cannot answer a task says so when it is asked. */
function modelOf({ name, models }: Provider, task: Task): string {
  return models[task] ?? name;
}

/** A bad key, or no way out, is first of all something about this worker. */
function judgeMyself(standing: Standing, watch: Watch, task: Task, { kind, message, neverSent }: ProviderError): void {
  if (kind === 'Auth') standing.keyFails(task, message);
  else if (neverSent) standing.cannotConnect(task, message, Date.now(), watch.othersServe() === true);
  else if (POLICY[kind].run !== 'again') standing.keyWorks();
}

/** Temporal keeps only the last failure of an activity; the next attempt reads the others from the heartbeat. */
function retriable(failure: Failure, details: FailureDetails): Error {
  const { attempt, retryPolicy } = activityInfo();
  if (attempt < (retryPolicy?.maximumAttempts ?? 1)) heartbeat(details.attempts);
  return toApplicationFailure(failure, details);
}

/** Something of our own side; nothing was sent. */
function ownFault(message: string, attempts: readonly Attempt[]): Error {
  const failure = { kind: 'WorkerFault', message: message.slice(0, 300) } as const;
  return toApplicationFailure(failure, { attempts, recorded: false, neverStarted: true });
}

function earlierAttempts(): Attempt[] {
  const details: unknown = activityInfo().heartbeatDetails;
  return Array.isArray(details) ? (details as Attempt[]) : [];
}
