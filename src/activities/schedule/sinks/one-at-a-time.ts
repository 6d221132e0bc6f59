import { basename, dirname, join } from 'node:path';
import { oneLine } from '../../../domain/text.js';
import { invalidInput } from '../../input/invalid-input.js';
import { exclusively } from '../../../../scripts/exclusively.mjs';

/** Work under the lock takes milliseconds. */
const ABANDONED_AFTER_MS = 600_000;

/** Work in this process waits in line here; the lock file keeps other processes out. */
const lines = new Map<string, Promise<unknown>>();

/**
 * Works on a file while nobody else does, in this process or another: a worker that was given up may wake up late. The
 * lock is a hidden file beside it.
 */
export async function oneAtATime<T>(path: string, work: () => Promise<T>): Promise<T> {
  const before = lines.get(path) ?? Promise.resolve();
  const lock = join(dirname(path), `.${basename(path)}.lock`);
  const turn = before
    .catch(() => undefined)
    .then(() => exclusively(lock, { abandonedAfterMs: ABANDONED_AFTER_MS }, work))
    .catch((error: unknown) => {
      throw isNoLock(error) ? invalidInput(oneLine(error.message)) : error;
    });
  lines.set(path, turn);
  try {
    return await turn;
  } finally {
    if (lines.get(path) === turn) lines.delete(path);
  }
}

/** Something else stands in the place of the lock. */
function isNoLock(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && error.code === 'NO_LOCK';
}
