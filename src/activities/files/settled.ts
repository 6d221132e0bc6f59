import { setTimeout as sleep } from 'node:timers/promises';
import type { FileToRead, Root } from './rooted.js';

/** Whoever writes a file writes more within this time, or is done. */
const SETTLED_AFTER_MS = 1_500;

/**
 * Whether a file was left alone for a while: one that is still being written is not taken in half. Waits for one that is
 * young.
 */
export async function isSettled(root: Root, { path, bytes, modifiedAtMs }: FileToRead): Promise<boolean> {
  const ageMs = Date.now() - modifiedAtMs;
  if (ageMs >= SETTLED_AFTER_MS || ageMs < 0) return true; // or its time is of another clock
  await sleep(SETTLED_AFTER_MS - ageMs);
  return root.read(path, (now) => Promise.resolve(now.bytes === bytes && now.modifiedAtMs === modifiedAtMs));
}
