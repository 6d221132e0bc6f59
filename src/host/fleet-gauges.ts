import type { Client } from '@temporalio/client';
import { Runtime } from '@temporalio/worker';
import { outagesUnderWay } from '../activities/outage/outage-handle.js';
import { outOfUseIn } from '../domain/outage/outage.js';
import { batchesUnderWay } from './batch-gauge.js';

const LOOK_EVERY_MS = 10_000;
/** Models of providers that were out of use, for as long as this worker lives, by cause. */
const MAX_SERIES = 500;
/** Runs that began to wait, and are not over. */
const WAITING = "ExecutionStatus = 'Running' AND WorkflowType IN ('analyze', 'ask') AND UnderstudyFailures IS NOT NULL";

/**
 * What is true of the whole fleet right now, read from the server by every worker alike, so that no value outlives the one
 * who knew it: providers out of use, runs that wait, how far batches are.
 * @param providers of the configuration; whoever may start workflows may name an outage as they like
 * @returns ends it
 */
export function watchFleet(
  client: Client,
  providers: readonly string[],
  canFindWaiting: () => Promise<boolean>,
): () => void {
  const meter = Runtime.instance().metricMeter;
  const closed = meter.createGauge('understudy_provider_closed', 'int', '1', 'Out of use: 1, back: 0');
  const waiting = meter.createGauge('understudy_runs_waiting', 'int', '1', 'Runs that began to wait and are not over');
  const texts = meter.createGauge('understudy_batch_texts', 'int', '1', 'Texts of the batches that are under way');
  let told = new Map<string, Record<string, string>>();

  async function look(): Promise<void> {
    const nowMs = Date.now();
    const now = new Map<string, Record<string, string>>();
    for (const [unit, state] of await outagesUnderWay(client)) {
      if (!outOfUseIn(unit, state, nowMs)) continue;
      const [provider = unit, ...model] = unit.split('/');
      if (!providers.includes(provider)) continue;
      const tags = { provider, model: model.join('/'), cause: state.cause };
      const key = JSON.stringify(tags);
      if (told.has(key) || told.size + now.size < MAX_SERIES) now.set(key, tags);
    }
    for (const [key, tags] of told) if (!now.has(key)) closed.set(0, tags);
    for (const tags of now.values()) closed.set(1, tags);
    told = new Map([...told, ...now]);
    if (await canFindWaiting()) waiting.set((await client.workflow.count(WAITING)).count);
    for (const [state, count] of Object.entries(await batchesUnderWay(client))) texts.set(count, { state });
  }

  let isLooking = false;
  const timer = setInterval(() => {
    if (isLooking) return;
    isLooking = true;
    look()
      .catch(() => undefined) // the server is away: others say so
      .finally(() => {
        isLooking = false;
      });
  }, LOOK_EVERY_MS);
  timer.unref();
  void look().catch(() => undefined);
  return () => {
    clearInterval(timer);
  };
}
