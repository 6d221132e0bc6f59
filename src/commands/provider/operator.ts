import type { Client } from '@temporalio/client';
import { setTimeout as sleep } from 'node:timers/promises';
import { outagesUnderWay, outageStateOf } from '../../activities/outage/outage-handle.js';
import { loadConfig } from '../../config/config.js';
import type { Config } from '../../config/config-schema.js';
import { outageIdOf } from '../../domain/failover/out-of-use.js';
import type { OutageReport } from '../../domain/outage/outage-report.js';
import { held, type OutageState } from '../../domain/outage/outage.js';
import { ANALYZE_TASK_QUEUE } from '../../domain/task-queues.js';
import { connectClient, targetFromEnvironment } from '../../temporal/connection.js';
import { UsageError } from '../terminal/errors.js';
import { print } from '../terminal/say.js';

/** Until somebody enables it: no probe ends what a person decided. */
export async function disable(provider: string, { reason }: { reason: string }): Promise<number> {
  const config = loadConfig();
  const { timeoutMs } = configured(config, provider);
  const client = await connectClient(targetFromEnvironment());
  const report: OutageReport = {
    provider,
    model: '*',
    task: 'sentiment',
    failure: { kind: 'ProviderClosed', message: reason },
    timeoutMs,
    probeMs: timeoutMs,
    isCertain: false,
    isLastToServe: false,
    worker: 'operator',
    announces: config.notices.some(({ on }) => on.includes('outage')),
  };
  await client.workflow.signalWithStart('outage', {
    workflowId: outageIdOf(provider),
    taskQueue: ANALYZE_TASK_QUEUE,
    args: [report],
    signal: 'close',
    signalArgs: [reason],
    memo: { outage: held(reason, Date.now()) },
    staticSummary: `${provider} disabled by an operator`,
    staticDetails: reason,
  });
  print(`${provider} is disabled; enable it with: npx understudy provider enable ${provider}`);
  return 0;
}

const OVER_WITHIN_MS = 10_000;
const LOOK_EVERY_MS = 100;

/** Its outage and those of its models: a person knows better. */
export async function enable(provider: string): Promise<number> {
  configured(loadConfig(), provider);
  const client = await connectClient(targetFromEnvironment());
  const units = await unitsOutOfUse(client, provider);
  if (units.length === 0) throw new UsageError(`${provider} is not out of use`);
  for (const unit of units) await client.workflow.getHandle(outageIdOf(unit)).signal('open');
  const giveUpAtMs = Date.now() + OVER_WITHIN_MS;
  for (const unit of units) {
    while (isOpen(await outageStateOf(client, unit))) {
      if (Date.now() > giveUpAtMs) {
        throw new UsageError(`${unit} does not come back: no worker answers; start one with: npx understudy worker`);
      }
      await sleep(LOOK_EVERY_MS);
    }
  }
  print(`${provider} is back in use`);
  return 0;
}

async function unitsOutOfUse(client: Client, provider: string): Promise<string[]> {
  const own = await outageStateOf(client, provider); // what a person just did is not yet in the list
  const listed = [...(await outagesUnderWay(client))].filter(([unit]) => unit.startsWith(`${provider}/`));
  const models = await Promise.all(
    listed.map(async ([unit]) => (isOpen(await outageStateOf(client, unit)) ? [unit] : [])),
  );
  return [...(isOpen(own) ? [provider] : []), ...models.flat()];
}

function isOpen(state: OutageState | undefined): boolean {
  return state !== undefined && state.phase !== 'over';
}

function configured({ providers }: Config, provider: string) {
  const settings = Object.hasOwn(providers, provider) ? providers[provider] : undefined;
  if (settings) return settings;
  throw new UsageError(`no provider ${provider} is configured, only ${Object.keys(providers).join(', ')}`);
}
