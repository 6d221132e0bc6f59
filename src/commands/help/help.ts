import type { Command } from 'commander';
import { UsageError } from '../terminal/errors.js';
import { examples } from '../terminal/examples.js';
import { exits } from '../terminal/exit.js';
import { print } from '../terminal/say.js';
import { screenOf } from '../terminal/screen.js';
import { laidOut } from './laid-out.js';
import type { ReadCommands } from './read-commands.js';
import { TOPICS } from './topics.js';

export function addHelp(program: Command, read: ReadCommands): void {
  program
    .command('help')
    .description('help for a command, or about environment, exit-codes, configuration')
    .argument('[subject...]', 'a command, or environment, exit-codes, configuration')
    .addHelpText('after', examples('help environment', 'help schedule create'))
    .action(exits((subject: string[]) => help(subject, read)));
}

async function help([subject, ...below]: string[], read: ReadCommands): Promise<number> {
  if (subject === undefined) (await read([])).outputHelp();
  else if (Object.hasOwn(TOPICS, subject))
    print(laidOut(TOPICS[subject] ?? '', screenOf(process.stdout).width).join('\n'));
  else (await commandOf(subject, below, read)).outputHelp();
  return 0;
}

/** @throws UsageError */
async function commandOf(name: string, below: readonly string[], read: ReadCommands): Promise<Command> {
  let command: Command | undefined = await read([name]);
  for (const each of [name, ...below]) command = command?.commands.find((child) => child.name() === each);
  if (command) return command;
  throw new UsageError(
    `no help about ${[name, ...below].join(' ')}; there is: ${Object.keys(TOPICS).join(', ')}, and each command`,
  );
}
