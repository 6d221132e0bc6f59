import type { Attempt } from '../../domain/attempt.js';
import type { Failure } from '../../domain/failure.js';
import type { OutageReport } from '../../domain/outage/outage-report.js';
import { PROBE_TEXT } from '../../domain/outage/outage.js';
import { callOf } from '../failover/ask-provider.js';
import { providerFailureIn } from '../failover/provider-failure.js';

/** One cheap real call of the task that failed. @param limitMs how long it may take */
export async function probe(
  { task, provider, timeoutMs }: OutageReport,
  limitMs: number,
): Promise<{ failure?: Failure; attempts: readonly Attempt[]; worker?: string }> {
  try {
    const call = callOf(task, { provider, timeoutMs, isUrgent: true });
    const { attempts, worker } = await call({ text: PROBE_TEXT, probe: { limitMs } });
    return { attempts, ...(worker !== undefined && { worker }) };
  } catch (error) {
    const failure = providerFailureIn(error);
    if (failure === undefined) throw error;
    return { failure, attempts: failure.attempts };
  }
}
