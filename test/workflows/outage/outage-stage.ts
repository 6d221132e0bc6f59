import type { Client } from '@temporalio/client';
import { outageStateOf } from '../../../src/activities/outage/outage-handle.js';
import { outageIdOf } from '../../../src/domain/failover/out-of-use.js';
import { PROBE_TEXT, type OutageState } from '../../../src/domain/outage/outage.js';
import type { OutageHistory } from '../../../src/workflows/outage/outage.js';
import type { LoggedRequest } from '../../support/fake-providers.js';
import { until } from '../../support/until.js';

export const TEXT = 'The delivery was quick. The box was dented but everything inside worked.';

/** What tests do with the outage of one unit. */
export function outageOf(client: Client, unit: string) {
  const handle = client.workflow.getHandle(outageIdOf(unit));
  const state = () => outageStateOf(client, unit);
  return {
    handle,
    state,
    untilPhase: (...phases: (OutageState['phase'] | undefined)[]) =>
      until(async () => phases.includes((await state())?.phase)),
    untilEnded: () => until(async () => (await state()) === undefined),
    /** An operator takes it back into use, which also ends the watch after a blip. */
    async opened(): Promise<OutageHistory> {
      await handle.signal('open');
      return (await handle.result()) as OutageHistory;
    },
    result: async () => (await handle.result()) as OutageHistory,
  };
}

export const isProbe = ({ text }: LoggedRequest) => text === PROBE_TEXT;
