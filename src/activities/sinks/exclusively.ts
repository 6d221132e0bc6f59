import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const OURS = `${hostname()} ${process.pid} `;
const ASK_AGAIN_MS = 50;
/** Work under a lock takes milliseconds: a lock this old has no owner any more, whatever its process id says now. */
const ABANDONED_AFTER_MS = 600_000;

/** Work in this process waits in line here; the lock file keeps other processes out. */
const lines = new Map<string, Promise<unknown>>();

/**
 * Works on a file while nobody else does, in this process or another: a worker that was given up may wake up late. The
 * lock is a hidden file beside it; that of a process that died is taken over.
 */
export async function exclusively<T>(path: string, work: () => Promise<T>): Promise<T> {
  const before = lines.get(path) ?? Promise.resolve();
  const turn = before.catch(() => undefined).then(() => locked(lockOf(path), work));
  lines.set(path, turn);
  try {
    return await turn;
  } finally {
    if (lines.get(path) === turn) lines.delete(path);
  }
}

function lockOf(path: string): string {
  return join(dirname(path), `.${basename(path)}.lock`);
}

async function locked<T>(lock: string, work: () => Promise<T>): Promise<T> {
  while (!(await taken(lock))) {
    const owner = await ownerOf(lock);
    if (owner !== undefined && (await isAbandoned(lock, owner))) await takeAway(lock, owner);
    else await sleep(ASK_AGAIN_MS);
  }
  try {
    return await work();
  } finally {
    await rm(lock, { force: true });
  }
}

async function taken(lock: string): Promise<boolean> {
  try {
    await writeFile(lock, `${OURS}${randomUUID()}`, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** @returns undefined when it was released meanwhile */
async function ownerOf(lock: string): Promise<string | undefined> {
  return readFile(lock, 'utf8').catch(() => undefined);
}

async function isAbandoned(lock: string, owner: string): Promise<boolean> {
  const about = await stat(lock).catch(() => undefined);
  if (about === undefined) return false;
  if (Date.now() - about.mtimeMs > ABANDONED_AFTER_MS || owner.startsWith(OURS)) return true;
  const [host, pid] = owner.split(' ');
  return host === hostname() && pid !== undefined && !isAlive(Number(pid));
}

/** Somebody else may have done it since, and hold a lock of its own by now: that one is put back. */
async function takeAway(lock: string, owner: string): Promise<void> {
  const aside = `${lock}.${randomUUID()}`;
  const moved = await rename(lock, aside).then(
    () => true,
    () => false,
  );
  if (!moved) return;
  if ((await ownerOf(aside)) !== owner) await link(aside, lock).catch(() => undefined);
  await rm(aside, { force: true });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
