import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Command } from 'commander';
import { COMMANDS } from '../../src/commands/commands.js';
import { understudyProgram } from '../../src/commands/program.js';

const UNDERSTUDY = fileURLToPath(new URL('../../bin/understudy.mjs', import.meta.url));
const run = promisify(execFile);

/** On a machine that does nothing else it is 0.2 s. */
const CPU_LIMIT_S = 0.6;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-program-'));
});
afterEach(() => rm(folder, { recursive: true }));

const understudy = (...args: string[]) => run(process.execPath, [UNDERSTUDY, ...args], { cwd: folder });

const NAMED = COMMANDS.filter(({ hidden, name }) => !hidden && name !== 'outage'); // its help is being rewritten

describe.each(NAMED.map(({ name, about }) => ({ name, about })))('$name', ({ name, about }) => {
  it('is called in the list of commands what it calls itself', async () => {
    const program = await understudyProgram([name]);
    expect(commandIn(program, name)?.description()).toBe(about);
  });

  it('has examples in its help, and in that of each of its commands', async () => {
    const program = await understudyProgram([name]);
    const command = commandIn(program, name);
    expect(command).toBeDefined();
    for (const each of [command, ...(command?.commands ?? [])]) expect(helpOf(each)).toContain('$ npx understudy ');
  });
});

function commandIn(program: Command, name: string): Command | undefined {
  return program.commands.find((command) => command.name() === name);
}

function helpOf(command: Command | undefined): string {
  let help = '';
  command?.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
  return help;
}

it.each([['--help'], ['--version'], ['analyse']])('%s takes little of a processor', async (arg) => {
  const script = `process.argv.push(${JSON.stringify(arg)});
    process.on('exit', () => { const { user, system } = process.cpuUsage(); require('fs').writeSync(2, '\\ncpu ' + (user + system) / 1e6); });
    import(${JSON.stringify(UNDERSTUDY)});`;
  const { stderr } = await run(process.execPath, ['-e', script, '--'], { cwd: folder }).catch(
    (error: unknown) => error as { stderr: string },
  );
  const [, seconds] = /cpu ([\d.]+)$/.exec(stderr) ?? [];
  expect(Number(seconds)).toBeLessThan(CPU_LIMIT_S);
});

describe('help', () => {
  it.each(['environment', 'exit-codes', 'configuration'])('tells about %s', async (topic) => {
    const { stdout } = await understudy('help', topic);
    expect(stdout).toMatch(/Examples:/);
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(160);
  });

  it('is that of a command, and of one below it', async () => {
    expect((await understudy('help', 'schedule', 'create')).stdout).toBe(
      (await understudy('schedule', 'create', '--help')).stdout,
    );
    await expect(understudy('help', 'nothing')).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining('no help about nothing'),
    });
  });
});

it('shows no default in a help that a person could not type', async () => {
  const program = await understudyProgram(['codec-server']);
  const help = helpOf(commandIn(program, 'codec-server'));
  expect(help.replace(/\s+/g, ' ')).toContain('(default: 127.0.0.1:8234)');
  expect(help).not.toMatch(/default: [[{]/);
});

describe('completion', () => {
  it('is a script that bash takes, and completes commands and options', async () => {
    const { stdout } = await understudy('completion', 'bash');
    const asked = `${stdout}
      ask() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=(); _understudy; echo "\${COMPREPLY[*]}"; }
      ask understudy sched; ask understudy schedule pau; ask understudy analyze --dead; ask understudy batch retry --max`;
    expect((await run('bash', ['-c', asked])).stdout).toBe('schedule\npause\n--deadline\n--max-cost\n');
  });

  it.each(['zsh', 'fish'])('for %s names every command', async (shell) => {
    const { stdout } = await understudy('completion', shell);
    for (const { name, hidden } of COMMANDS) if (!hidden) expect(stdout).toContain(name);
  });

  it('knows no other shell', async () => {
    await expect(understudy('completion', 'csh')).rejects.toMatchObject({ code: 2, stdout: '' });
  });
});

describe('init and config', () => {
  it('write a configuration that holds, and never over another', async () => {
    await understudy('init');
    expect((await understudy('config', 'check')).stdout).toBe('understudy.yaml: nothing is wrong with it\n');
    const written = await readFile(join(folder, 'understudy.yaml'), 'utf8');
    await expect(understudy('init')).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining('exists already'),
    });
    expect(await readFile(join(folder, 'understudy.yaml'), 'utf8')).toBe(written);
    expect((await stat(join(folder, 'understudy.yaml'))).isFile()).toBe(true);
  });

  it('show what holds as YAML and as JSON', async () => {
    const shown = JSON.parse((await understudy('config', 'show', '--json')).stdout) as { routes: object };
    expect(shown.routes).toHaveProperty('summarize');
    expect((await understudy('config', 'show')).stdout).toMatch(/^# the built-in default.*\nproviders:\n/);
  });
});
