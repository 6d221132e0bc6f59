// Plain JavaScript, as scripts/prepare.mjs needs it before anything is compiled.
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 300;

export async function exclusively(lockFile, { onWait, signal }, work) {
  await mkdir(dirname(lockFile), { recursive: true });
  let announced = false;
  while (!(await take(lockFile))) {
    const owner = await ownerOf(lockFile);
    if (owner === undefined) continue;
    if (!isAlive(owner)) {
      await removeLockOf(owner, lockFile);
      continue;
    }
    if (!announced) onWait(owner);
    announced = true;
    await sleep(POLL_MS, undefined, { signal });
  }
  try {
    return await work();
  } finally {
    await rm(lockFile, { force: true });
  }
}

async function take(lockFile) {
  const mine = asideOf(lockFile);
  await writeFile(mine, String(process.pid));
  try {
    await link(mine, lockFile); // unlike an exclusive open, a lock never appears without its owner in it
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(mine, { force: true });
  }
}

async function ownerOf(lockFile) {
  const content = await readFile(lockFile, 'utf8').catch(() => undefined);
  return content === undefined ? undefined : Number(content);
}

/** Somebody else may have removed it and taken the lock since we looked: then what we moved away is put back. */
async function removeLockOf(owner, lockFile) {
  const aside = asideOf(lockFile);
  await rename(lockFile, aside).catch(() => undefined);
  if ((await ownerOf(aside)) !== owner) await link(aside, lockFile).catch(() => undefined);
  await rm(aside, { force: true });
}

const asideOf = (lockFile) => `${lockFile}.${process.pid}.${Date.now()}.${Math.random()}`;

function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM'; // another user's
  }
}
