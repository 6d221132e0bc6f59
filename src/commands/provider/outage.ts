import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import type { Command } from 'commander';
import { loadConfig } from '../../config/config.js';
import type { Config } from '../../config/config-schema.js';
import {
  closedByHand,
  closureOf,
  outageIdOf,
  type OutageReport,
  type OutageState,
} from '../../domain/outage/outage.js';
import { ANALYZE_TASK_QUEUE } from '../../domain/failover/plan.js';
import { connectClient, targetFromEnvironment } from '../../temporal/connection.js';
import { reason } from '../terminal/arguments.js';
import { examples } from '../terminal/examples.js';
import { exits } from '../terminal/exit.js';
import { UsageError } from '../terminal/errors.js';

export function addOutage(program: Command): void {
  const outage = program.command('outage').description('who is out of use; take a provider out of service, and back');
  outage.command('list').description('show open outages, and what happens next').action(exits(listOutages));
  outage
    .command('close')
    .description('take a provider out of service')
    .argument('<provider>', 'its name in the configuration')
    .addHelpText('after', examples('outage close openai --reason "price jump, see ticket 42"'))
    .option('--reason <text>', 'why, for whoever looks', reason, 'closed by an operator')
    .action(exits(closeProvider));
  outage
    .command('open')
    .description('take a closed provider back into service')
    .argument('<provider>', 'its name in the configuration')
    .action(exits(openProvider));
}

async function listOutages(): Promise<number> {
  const { providers } = loadConfig();
  const client = await connectClient(targetFromEnvironment());
  const open = await Promise.all(
    Object.keys(providers).map(async (provider) => ({ provider, state: await openOutageOf(client, provider) })),
  );
  const lines = open.flatMap(({ provider, state }) => (state ? [describe(provider, state)] : []));
  process.stdout.write(`${lines.length > 0 ? lines.join('\n') : 'all providers are in use'}\n`);
  return 0;
}

/** Until somebody opens it: no probe ends what a person decided. */
async function closeProvider(provider: string, { reason }: { reason: string }): Promise<number> {
  const { timeoutMs } = configured(loadConfig(), provider);
  const client = await connectClient(targetFromEnvironment());
  const state = closedByHand(reason, Date.now());
  const report: OutageReport = {
    provider,
    task: 'sentiment',
    failure: { kind: 'ProviderClosed', message: reason },
    timeoutMs,
  };
  await client.workflow.signalWithStart('outage', {
    workflowId: outageIdOf(provider),
    taskQueue: ANALYZE_TASK_QUEUE,
    args: [report, { state, probes: [], waiting: [] }],
    signal: 'close',
    signalArgs: [reason],
    memo: { outage: state },
    staticSummary: `outage of ${provider}`,
    staticDetails: `closed by an operator: ${reason}`,
  });
  process.stdout.write(`${provider} is out of service; bring it back with: npx understudy outage open ${provider}\n`);
  return 0;
}

async function openProvider(provider: string): Promise<number> {
  configured(loadConfig(), provider);
  const client = await connectClient(targetFromEnvironment());
  const state = await openOutageOf(client, provider);
  if (!state || !closureOf(state, Date.now())) throw new UsageError(`${provider} is not closed`);
  await client.workflow.getHandle(outageIdOf(provider)).signal('open');
  process.stdout.write(`${provider} is back in service\n`);
  return 0;
}

function configured({ providers }: Config, provider: string) {
  const settings = Object.hasOwn(providers, provider) ? providers[provider] : undefined;
  if (settings) return settings;
  throw new UsageError(`no provider ${provider} is configured, only ${Object.keys(providers).join(', ')}`);
}

async function openOutageOf(client: Client, provider: string): Promise<OutageState | undefined> {
  try {
    const { status, memo } = await client.workflow.getHandle(outageIdOf(provider)).describe();
    const state = memo?.outage as OutageState | undefined;
    return status.name === 'RUNNING' && state?.phase !== 'over' ? state : undefined;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}

function describe(provider: string, { phase, cause, message, sinceMs, dueAtMs, probes }: OutageState): string {
  const iso = (atMs: number) => new Date(atMs).toISOString();
  const word = phase === 'suspected' ? 'suspected, still in use' : 'closed';
  const next =
    dueAtMs === undefined
      ? `until: npx understudy outage open ${provider}`
      : phase === 'limited'
        ? `until ${iso(dueAtMs)}`
        : `next probe ${iso(dueAtMs)}, ${probes} failed so far`;
  return `${provider}: ${word} since ${iso(sinceMs)}: ${cause}: ${message}; ${next}`;
}
