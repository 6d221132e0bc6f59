import { createInterface } from 'node:readline/promises';

/**
 * Asks a person whether to go on; without a terminal there is nobody to ask, and what was typed counts.
 * @returns false for anything but a yes
 */
export async function confirmed(question: string): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return true;
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  const abort = new AbortController();
  asking.once('close', () => {
    abort.abort(); // Ctrl-C or Ctrl-D
  });
  try {
    return /^y(es)?$/i.test((await asking.question(`${question} [y/N] `, { signal: abort.signal })).trim());
  } catch {
    process.stderr.write('\n');
    return false;
  } finally {
    asking.close();
  }
}
