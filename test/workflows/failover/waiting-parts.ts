import { afterClosing } from '../../../src/domain/failover/availability.js';
import type { Candidate } from '../../../src/domain/failover/plan.js';
import { ProvidersNow } from '../../../src/workflows/failover/providers-now.js';

/** Parts of a text that find the same outage open in the same moment. @returns when all have looked again */
export async function waitingParts(unit: string): Promise<void> {
  const outOfUse = { unit, cause: 'Unavailable', message: 'why' } as const;
  const providers = new ProvidersNow({ availability: afterClosing({}, outOfUse, Date.now(), 0.5), awaited: [] });
  const [provider = '', model = ''] = unit.split('/');
  const candidates = [{ provider, model } as Candidate];
  await Promise.all([1, 2, 3].map(() => providers.wait('summarize', candidates, Infinity, () => false)));
}
