import { activityInfo, cancellationDetails, cancellationSignal, heartbeat } from '@temporalio/activity';
import type { Attempt } from '../../domain/attempt.js';
import { costOf, estimatedUsage, type Price, type Usage } from '../../domain/cost.js';
import { toFailure, type Failure } from '../../domain/failure.js';
import { probeTimeoutMs } from '../../domain/outage/outage.js';
import type { Question } from '../../domain/failover/question.js';
import type { Sentiment } from '../../domain/analyze/sentiment.js';
import type { Task } from '../../domain/task.js';
import { ProviderError, type Answer, type Provider } from '../../providers/provider.js';
import { pulsing } from '../heartbeat.js';
import type { OutageBoard } from '../outage/outage-board.js';
import type { TextOf } from './run-text.js';
import { toApplicationFailure } from './provider-failure.js';

/** What an activity gives the workflow: the answer, and every attempt that it took, the last one `ok`. */
export interface Answered<T> {
  value: T;
  attempts: Attempt[];
}

/** A probe asks a provider that is closed: only its outage does. */
type Call = Question & { probe?: boolean };

/** The activities of one provider, on the provider's own task queue. */
export interface ProviderActivities {
  summarize(call: Call): Promise<Answered<string>>;
  sentiment(call: Call): Promise<Answered<Sentiment>>;
}

export interface ProviderSetting {
  provider: Provider;
  price: Price | undefined;
  timeoutMs: number;
  outages: OutageBoard;
  textOf: TextOf;
}

export function providerActivities({
  provider,
  price,
  timeoutMs,
  outages,
  textOf,
}: ProviderSetting): ProviderActivities {
  async function attempt<T>(
    task: Task,
    call: Call,
    ask: (text: string, signal: AbortSignal) => Promise<Answer<T>>,
  ): Promise<Answered<T>> {
    const { probe = false } = call;
    const startedAtMs = Date.now();
    const record = (outcome: 'ok' | 'failed', usage?: Usage, billed = usage): Attempt => {
      const costUsd = costOf(billed, price);
      return {
        task,
        provider: provider.name,
        model: provider.models[task],
        outcome,
        startedAt: new Date(startedAtMs).toISOString(),
        latencyMs: Date.now() - startedAtMs,
        ...usage,
        ...(costUsd !== undefined && { costUsd }),
      };
    };
    const earlier = earlierAttempts();
    const failed = (failure: Failure, usage?: Usage, possiblyPaid = false) => {
      const { kind, message } = failure;
      const last = { ...record('failed', usage), failure: kind, message, ...(possiblyPaid && { possiblyPaid }) };
      const attempts = [...earlier, last];
      // Temporal keeps only the last failure of an activity; the next attempt reads the others from here.
      if (activityInfo().attempt < (activityInfo().retryPolicy?.maximumAttempts ?? 1)) heartbeat(attempts);
      return toApplicationFailure(failure, { attempts });
    };

    const closure = probe ? undefined : await outages.closureOf(provider.name);
    if (closure) {
      const message = `an outage is open: ${closure.cause}: ${closure.message}`;
      throw toApplicationFailure({ kind: 'ProviderClosed', message }, { attempts: earlier, closure });
    }
    const limitMs = probeTimeoutMs(timeoutMs);
    const limit = probe ? AbortSignal.timeout(limitMs) : undefined;
    try {
      const { text, value, usage } = await pulsing(earlier, async () => {
        const text = await textOf(call);
        const signal = cancellationSignal();
        const answer = await ask(text, limit ? AbortSignal.any([signal, limit]) : signal).catch((error: unknown) => {
          if (!limit?.aborted || signal.aborted || error instanceof ProviderError) throw error;
          throw new ProviderError('Timeout', `no full answer to a probe in ${limitMs} ms`, { possiblyPaid: true });
        });
        return { text, ...answer };
      });
      const billed = usage ?? estimatedUsage(text, JSON.stringify(value));
      return { value, attempts: [...earlier, record('ok', usage, billed)] };
    } catch (error) {
      if (error instanceof ProviderError) {
        const failure = toFailure(error.kind, error.message, error.retryAfterMs);
        if (!probe) outages.report({ provider: provider.name, task, failure, timeoutMs });
        throw failed(failure, error.usage, error.possiblyPaid);
      }
      if (!cancellationDetails()?.workerShutdown) throw error;
      throw failed({ kind: 'WorkerLost', message: 'the worker was stopped with the call in flight' }, undefined, true);
    }
  }

  return {
    summarize: (call) => attempt('summarize', call, (text, signal) => provider.summarize(text, signal)),
    sentiment: (call) => attempt('sentiment', call, (text, signal) => provider.sentiment(text, signal)),
  };
}

function earlierAttempts(): Attempt[] {
  const details: unknown = activityInfo().heartbeatDetails;
  return Array.isArray(details) ? (details as Attempt[]) : [];
}
