import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ON_TERMINAL = fileURLToPath(new URL('on-terminal.py', import.meta.url));
const UNDERSTUDY = fileURLToPath(new URL('../../bin/understudy.mjs', import.meta.url));
const LIMIT_MS = 90_000;

/** A command line on a pseudo-terminal. */
export interface TerminalCommand {
  args: readonly string[];
  cwd: string;
  env: Record<string, string>;
  columns: number;
  /** It becomes so wide once this was drawn. */
  resize?: { columns: number; at: RegExp };
  /** Ctrl-C is typed once this was drawn, after the resize where there is one. */
  leave?: RegExp;
}

/** @returns all that it wrote, byte for byte, a `CSI 8 ; rows ; columns t` where the terminal was resized, and its exit code */
export async function onTerminal({ args, cwd, env, columns, resize, leave }: TerminalCommand) {
  const size = resize ? `${columns}:${resize.columns}@${resize.at.source}` : String(columns);
  const typed = leave ? ['--type', leave.source, String.raw`\x03`] : [];
  const surroundings = { PATH: process.env.PATH, HOME: process.env.HOME, TERM: 'xterm', ...env };
  const command = [ON_TERMINAL, size, ...typed, '--', process.execPath, UNDERSTUDY, ...args];
  const limits = { cwd, env: surroundings, timeout: LIMIT_MS, maxBuffer: 10_000_000 };
  return promisify(execFile)('python3', command, limits).then(
    ({ stdout }) => ({ written: stdout, code: 0 }),
    (error: unknown) => {
      const { stdout, code } = error as { stdout: string; code: number };
      return { written: stdout, code };
    },
  );
}
