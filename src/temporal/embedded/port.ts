import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { createServer } from 'node:net';
import { promisify } from 'node:util';
import { SetupError } from '../setup-error.js';

/**
 * @param user what wants the port, as in "the Web UI"
 * @throws SetupError that names the process which has it
 */
export async function assertPortFree(host: string, port: number, user: string): Promise<void> {
  const probe = createServer();
  try {
    await once(probe.listen(port, host), 'listening');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    const holder = (await portHolder(port)) ?? 'another process';
    throw new SetupError(
      `Port ${port} for ${user} is taken by ${holder}. Choose another with --port N (its Web UI: N + 1000).`,
    );
  } finally {
    probe.close();
  }
}

/**
 * Who listens on a TCP port of this machine.
 * @returns `name (pid 123)`; undefined when nobody does, or when it is another user's process and we may not look
 */
async function portHolder(port: number): Promise<string | undefined> {
  return process.platform === 'linux' ? holderInProc(port) : holderByLsof(port);
}

async function holderInProc(port: number): Promise<string | undefined> {
  const sockets = new Set<string>();
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    const lines = (await readFile(table, 'utf8').catch(() => '')).split('\n').slice(1);
    for (const line of lines) {
      const [, localAddress, , state, , , , , , inode] = line.trim().split(/\s+/);
      const isListening = state === '0A';
      if (isListening && parseInt(localAddress?.split(':')[1] ?? '', 16) === port) sockets.add(`socket:[${inode}]`);
    }
  }
  if (sockets.size === 0) return undefined;
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  for (const pid of pids) {
    const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => []);
    for (const descriptor of descriptors) {
      const target = await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => '');
      if (!sockets.has(target)) continue;
      const name = (await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => 'a process')).trim();
      return `${name} (pid ${pid})`;
    }
  }
  return undefined;
}

async function holderByLsof(port: number): Promise<string | undefined> {
  const listing = await promisify(execFile)('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc']).catch(
    () => undefined,
  );
  const [, pid, name] = /^p(\d+)\nc(.*)$/m.exec(listing?.stdout ?? '') ?? [];
  return pid === undefined ? undefined : `${name} (pid ${pid})`;
}
