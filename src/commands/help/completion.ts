import { Argument, type Command } from 'commander';
import { examples } from '../terminal/examples.js';
import { exits } from '../terminal/exit.js';
import { print } from '../terminal/say.js';
import { completionScript, type CompletedCommand } from './completion-script.js';
import type { ReadCommands } from './read-commands.js';

const SHELLS = ['bash', 'zsh', 'fish'] as const;

export function addCompletion(program: Command, read: ReadCommands): void {
  program
    .command('completion')
    .description('print what a shell needs to complete commands and options')
    .addArgument(new Argument('<shell>', 'whose language it is').choices(SHELLS))
    .addHelpText(
      'after',
      examples(
        'completion bash > ~/.local/share/bash-completion/completions/understudy',
        'completion zsh > ~/.zfunc/_understudy',
        'completion fish > ~/.config/fish/completions/understudy.fish',
      ),
    )
    .action(
      exits(async (shell: (typeof SHELLS)[number]) => {
        print(completionScript(shell, completedCommands(await read('all'))));
        return 0;
      }),
    );
}

function completedCommands(program: Command): CompletedCommand[] {
  return program.commands.flatMap((command) => [
    completed(command, [command.name()]),
    ...command.commands.map((child) => completed(child, [command.name(), child.name()])),
  ]);
}

function completed(command: Command, path: string[]): CompletedCommand {
  const options = command.options.filter(({ hidden }) => !hidden).flatMap(({ long }) => (long == null ? [] : [long]));
  return {
    path,
    about: command.description(),
    words: [...command.commands.map((child) => child.name()), ...options, '--help'],
  };
}
