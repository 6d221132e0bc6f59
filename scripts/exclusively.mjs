// Plain JavaScript, as scripts/prepare.mjs needs it before anything is compiled.
import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const ASK_AGAIN_MS = 100;
const WRITTEN_WITHIN_MS = 2_000;
/** Locks of this process: one that it does not hold is of a process before it with the same id, as in a container. */
const held = new Set();

export async function exclusively(lockFile, { onWait, signal, abandonedAfterMs = Infinity }, work) {
  await mkdir(dirname(lockFile), { recursive: true, mode: 0o700 });
  let announced = false;
  const ours = `${hostname()} ${process.pid} ${randomUUID()}`;
  while (!(await take(lockFile, ours))) {
    const owner = await ownerOf(lockFile);
    if (owner !== undefined && (await isAbandoned(lockFile, owner, abandonedAfterMs))) {
      await takeAway(lockFile, owner);
      continue;
    }
    if (!announced && owner) {
      onWait?.(owner.split(' ')[1]);
      announced = true;
    }
    await sleep(ASK_AGAIN_MS, undefined, { signal });
  }
  held.add(lockFile);
  try {
    return await work();
  } finally {
    if ((await ownerOf(lockFile)) === ours) await rm(lockFile, { force: true }); // it may have been taken over
    held.delete(lockFile);
  }
}

async function take(lockFile, ours) {
  try {
    await writeFile(lockFile, ours, { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

async function ownerOf(lockFile) {
  return readFile(lockFile, 'utf8').catch(() => undefined);
}

async function isAbandoned(lockFile, owner, abandonedAfterMs) {
  const about = await stat(lockFile).catch(() => undefined);
  if (about === undefined) return false;
  const ageMs = Date.now() - about.mtimeMs;
  if (ageMs > abandonedAfterMs) return true;
  if (owner === '') return ageMs > WRITTEN_WITHIN_MS; // a process died between making its lock and writing into it
  const [host, pid] = owner.split(' ');
  if (host !== hostname()) return false; // nobody here can tell
  return Number(pid) === process.pid ? !held.has(lockFile) : !isAlive(Number(pid));
}

/** Somebody else may have done it since, and hold a lock of its own by now: that one is put back. */
async function takeAway(lockFile, owner) {
  const aside = `${lockFile}.${randomUUID()}`;
  await rename(lockFile, aside).catch(() => undefined);
  if ((await ownerOf(aside)) !== owner) await link(aside, lockFile).catch(() => undefined);
  await rm(aside, { force: true });
}

function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM'; // another user's
  }
}
