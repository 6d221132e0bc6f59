import type { Command } from 'commander';
import { duration, reason } from '../terminal/arguments.js';
import { examples } from '../terminal/examples.js';
import { loaded } from '../terminal/exit.js';

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
    .action(loaded(async () => (await import('./provider-list.js')).listProviders));
  addHand(provider, ['disable', 'enable'], false);
}

export function addOutage(program: Command): void {
  const outage = program
    .command('outage')
    .description('outages that are under way, and past ones')
    .addHelpText('after', examples('outage list', 'outage list --since 7d'));
  outage
    .command('list')
    .description('show open outages, and what happens next')
    .option('--since <time>', 'those that ended within it too, like 7d', duration)
    .option('--json', 'print them as JSON', false)
    .addHelpText('after', examples('outage list', 'outage list --since 7d'))
    .action(loaded(async () => (await import('./outage-list.js')).listOutages));
  outage
    .command('show')
    .description('tell what an outage was: cause, who saw it, how long, probes, what it saved')
    .argument('<id>', 'a provider, or provider/model, as outage list has it')
    .option('--json', 'print it as JSON', false)
    .addHelpText('after', examples('outage show openai/gpt-5.4-mini-2026-03-17'))
    .action(loaded(async () => (await import('./show-outage.js')).showOutage));
  addHand(outage, ['close', 'open'], true); // as they were called before
}

function addHand(parent: Command, [off, on]: [off: string, on: string], hidden: boolean): void {
  parent
    .command(off, { hidden })
    .description('take a provider out of use until it is enabled again')
    .argument('<provider>', 'its name in the configuration')
    .option('--reason <text>', 'why, for whoever looks', reason, 'no reason given')
    .addHelpText('after', HAND)
    .action(loaded(async () => (await import('./operator.js')).disable));
  parent
    .command(on, { hidden })
    .description('take a provider back into use, whatever took it out')
    .argument('<provider>', 'its name in the configuration')
    .addHelpText('after', HAND)
    .action(loaded(async () => (await import('./operator.js')).enable));
}
