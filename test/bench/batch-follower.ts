import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { Connection, type Client } from '@temporalio/client';

const LOOK_EVERY_MS = 500;

/** `batch watch` in a process of its own, and how much memory it took. */
export function startFollower(client: Client, id: string): { peakMegabytes(): Promise<number> } {
  if (!(client.connection instanceof Connection))
    throw new Error('a client of a connection that we know the address of');
  const { address } = client.connection.options;
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, TEMPORAL_ADDRESS: address };
  const child = spawn(process.execPath, ['dist/client.js', 'batch', 'watch', id], { env, stdio: 'ignore' });
  const ended = once(child, 'exit');
  let peak = 0;
  const look = setInterval(() => {
    void readFile(`/proc/${String(child.pid)}/status`, 'utf8').then(
      (status) => (peak = Math.max(peak, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0))),
      () => undefined, // it has ended
    );
  }, LOOK_EVERY_MS);
  return {
    async peakMegabytes() {
      await ended;
      clearInterval(look);
      return Math.round(peak / 1_024);
    },
  };
}
