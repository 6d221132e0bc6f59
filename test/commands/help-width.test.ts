import { describe, expect, it } from '@jest/globals';
import type { Command } from 'commander';
import { laidOut } from '../../src/commands/help/laid-out.js';
import { TOPICS } from '../../src/commands/help/topics.js';
import { readProgram } from '../../src/commands/program.js';
import { widthOf } from '../../src/commands/terminal/width.js';

const ESC = String.fromCharCode(27);
const program = await readProgram('all');

function helps(command: Command, width: number, named = ''): [name: string, lines: string[]][] {
  let help = '';
  const writeOut = (text: string) => (help += text);
  command.configureOutput({ writeOut, getOutHelpWidth: () => width, getOutHasColors: () => false }).outputHelp();
  const name = `${named} ${command.name()}`.trim();
  return [[name, help.split('\n')], ...command.commands.flatMap((each) => helps(each, width, name))];
}

/** A command to copy stays in one piece; what stands beside an option is broken. */
const isToCopy = (line: string) => /^ *\$ /.test(line);

describe.each([60, 80, 200])('at %d columns', (width) => {
  const all = [
    ...helps(program, width).filter(([name]) => name !== 'understudy temporal'),
    ...Object.entries(TOPICS).map(([name, page]) => [`help ${name}`, laidOut(page, width)] as const),
  ];

  it('no help is wider than the terminal, nor cuts a word', () => {
    expect(all.length).toBeGreaterThan(40);
    for (const [name, lines] of all) {
      for (const line of lines)
        if (!isToCopy(line)) expect({ name, line, fits: widthOf(line) <= width }).toEqual({ name, line, fits: true });
      expect(lines.join('\n')).not.toContain(ESC);
    }
  });

  it.each(all)('%s is as it was', (_, lines) => {
    expect(lines.join('\n')).toMatchSnapshot();
  });

  it('says the same as at any other width', () => {
    const words = (lines: readonly string[]) => lines.join(' ').replace(/\s+/g, ' ');
    const wide = new Map(helps(program, 1_000).map(([name, lines]) => [name, words(lines)]));
    for (const [name, lines] of all) if (!name.startsWith('help ')) expect(words(lines)).toBe(wide.get(name));
  });
});
