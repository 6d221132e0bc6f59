import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../support/until.js';
import type { Stage } from './stage.js';

/** A suspicion is told a moment after the failure. */
const TOLD_AFTER_MS = 300;
/** For as long a worker remembers an outage. */
const REMEMBERED_MS = 1_100;

/** What is measured next must meet neither the outage that came before nor a worker that remembers it. */
export async function untilNoOutage({ client }: Stage, how?: 'end it'): Promise<void> {
  const outage = client.workflow.getHandle('outage/openai');
  await sleep(TOLD_AFTER_MS);
  if (how === 'end it') await outage.signal('open').catch(() => undefined); // a blip is over by itself
  await until(async () => {
    const { status } = await outage.describe().catch(() => ({ status: { name: 'NONE' } }));
    return status.name !== 'RUNNING';
  }, 60_000);
  await sleep(REMEMBERED_MS);
}
