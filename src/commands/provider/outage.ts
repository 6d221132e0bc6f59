import type { Client } from '@temporalio/client';
import type { Command } from 'commander';
import { setTimeout as sleep } from 'node:timers/promises';
import { outagesUnderWay, outageStateOf } from '../../activities/outage/outage-handle.js';
import { loadConfig } from '../../config/config.js';
import type { Config } from '../../config/config-schema.js';
import { outageIdOf } from '../../domain/failover/out-of-use.js';
import type { OutageReport } from '../../domain/outage/outage-report.js';
import { dueAtMs, held, outOfUseIn, type OutageState } from '../../domain/outage/outage.js';
import { ANALYZE_TASK_QUEUE } from '../../domain/task-queues.js';
import { connectClient, targetFromEnvironment } from '../../temporal/connection.js';
import { reason } from '../terminal/arguments.js';
import { UsageError } from '../terminal/errors.js';
import { examples } from '../terminal/examples.js';
import { exits } from '../terminal/exit.js';
import { print } from '../terminal/say.js';
import { listProviders } from './provider-list.js';

const HAND = examples('provider disable openai --reason "price jump, see ticket 42"', 'provider enable openai');

export function addProvider(program: Command): void {
  const provider = program
    .command('provider')
    .description('who is in use; disable a provider, and enable it again')
    .addHelpText('after', HAND);
  provider
    .command('list')
    .description('show each provider, and why one is not in use')
    .option('--json', 'as JSON', false)
    .addHelpText('after', examples('provider list', 'provider list --json'))
    .action(exits(listProviders));
  addHand(provider, ['disable', 'enable'], false);
}

export function addOutage(program: Command): void {
  const outage = program
    .command('outage')
    .description('outages that are under way')
    .addHelpText('after', examples('outage list'));
  outage
    .command('list')
    .description('show open outages, and what happens next')
    .addHelpText('after', examples('outage list'))
    .action(exits(listOutages));
  addHand(outage, ['close', 'open'], true); // as they were called before
}

function addHand(parent: Command, [off, on]: [off: string, on: string], hidden: boolean): void {
  parent
    .command(off, { hidden })
    .description('take a provider out of use until it is enabled again')
    .argument('<provider>', 'its name in the configuration')
    .option('--reason <text>', 'why, for whoever looks', reason, 'no reason given')
    .addHelpText('after', HAND)
    .action(exits(disable));
  parent
    .command(on, { hidden })
    .description('take a provider back into use, whatever took it out')
    .argument('<provider>', 'its name in the configuration')
    .addHelpText('after', HAND)
    .action(exits(enable));
}

async function listOutages(): Promise<number> {
  const outages = await outagesUnderWay(await connectClient(targetFromEnvironment()));
  const lines = [...outages].flatMap(openLine);
  print(lines.length > 0 ? lines.join('\n') : 'all providers are in use');
  return 0;
}

/** Until somebody enables it: no probe ends what a person decided. */
async function disable(provider: string, { reason }: { reason: string }): Promise<number> {
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
async function enable(provider: string): Promise<number> {
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

function openLine([unit, state]: [unit: string, state: OutageState]): string[] {
  return state.phase === 'over' ? [] : [describe(unit, state)];
}

function describe(unit: string, state: OutageState): string {
  const { cause, message, sinceMs } = state;
  const since = iso(sinceMs);
  if (state.phase === 'held') return `${unit}: disabled by an operator since ${since}: ${message}`;
  const word = outOfUseIn(unit, state, Date.now()) ? 'out of use' : 'in use, suspected';
  const due = dueAtMs(state);
  const next = due === undefined ? '' : state.phase === 'limited' ? `; until ${iso(due)}` : `; next look ${iso(due)}`;
  return `${unit}: ${word} since ${since}: ${cause}: ${message}${next}`;
}

function iso(atMs: number): string {
  return new Date(atMs).toISOString();
}
