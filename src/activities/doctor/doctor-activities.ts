import { activityInfo, cancellationSignal } from '@temporalio/activity';
import type { ProviderCheck, WorkerFacts } from '../../domain/doctor/examination.js';
import { PROBE_TEXT } from '../../domain/outage/outage.js';
import { oneLine } from '../../domain/text.js';
import { ProviderError, type Provider } from '../../providers/provider.js';

export interface DoctorActivities {
  lookAtWorker(): Promise<WorkerFacts>;
  /** One cheap real call, with this worker's key and by its way out. */
  callProvider(question: { provider: string; task: string }): Promise<ProviderCheck>;
}

type Surroundings = Omit<WorkerFacts, 'clockAheadMs' | 'serves' | 'node'> & {
  /** Those that this worker serves, by name. */
  providers: ReadonlyMap<string, Provider>;
};

const CALL_LIMIT_MS = 60_000;

/** What a worker says of itself to who asks the fleet. */
export function doctorActivities({ providers, ...own }: Surroundings): DoctorActivities {
  return {
    lookAtWorker() {
      const serves = [...providers].map(([provider, { models }]) => ({ provider, tasks: Object.keys(models) }));
      const clockAheadMs = Date.now() - activityInfo().currentAttemptScheduledTimestampMs;
      return Promise.resolve({ ...own, serves, clockAheadMs, node: process.version });
    },
    async callProvider({ provider: name, task }) {
      const startedAtMs = Date.now();
      const tookMs = () => Date.now() - startedAtMs;
      const provider = providers.get(name);
      const of = { provider: name, task };
      if (!provider)
        return { ...of, tookMs: 0, failure: { kind: 'WorkerFault', message: 'this worker does not serve it' } };
      const signal = AbortSignal.any([cancellationSignal(), AbortSignal.timeout(CALL_LIMIT_MS)]);
      try {
        await provider.answer(task, PROBE_TEXT, signal);
        return { ...of, tookMs: tookMs() };
      } catch (error) {
        const kind = error instanceof ProviderError ? error.kind : 'Timeout';
        const message = error instanceof ProviderError ? oneLine(error.message) : `no answer in ${CALL_LIMIT_MS} ms`;
        return { ...of, tookMs: tookMs(), failure: { kind, message } };
      }
    },
  };
}
