import type { Command } from 'commander';
import { UsageError } from '../terminal/errors.js';
import { examples } from '../terminal/examples.js';
import { exits } from '../terminal/exit.js';
import { print } from '../terminal/say.js';
import { screenOf, type Screen } from '../terminal/screen.js';
import { wrapped } from '../terminal/width.js';
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
  else if (Object.hasOwn(TOPICS, subject)) print(laidOut(TOPICS[subject] ?? '', screenOf(process.stdout)).join('\n'));
  else (await commandOf(subject, below, read)).outputHelp();
  return 0;
}

/** Within the width of a terminal, what is told of a name below itself; a command to copy stays as it is. */
function laidOut(page: string, { width }: Screen): string[] {
  return page.split('\n').flatMap((line) => {
    if (line.length <= width || /^ *\$/.test(line)) return [line];
    const [named = ''] = /^ +\S+ {2,}/.exec(line) ?? [];
    const indent = ' '.repeat(named.length);
    return wrapped(line.slice(named.length), width - named.length).map(
      (part, at) => (at === 0 ? named : indent) + part,
    );
  });
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
