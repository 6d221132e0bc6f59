import { hostname } from 'node:os';

/** What a worker process calls itself: its host, its process, and what it serves. */
export function workerIdentity(serves: readonly string[]): string {
  return `understudy@${hostname()}:${process.pid} (${serves.join(', ')})`.slice(0, MAX_IDENTITY_CHARS);
}

const MAX_IDENTITY_CHARS = 500;

/** @returns host and process of an identity of ours; undefined for one that is not */
export function processIn(identity: string): { host: string; pid: number } | undefined {
  const [, host, pid] = /^understudy@(.{1,253}):(\d{1,10}) \(/.exec(identity) ?? [];
  return host === undefined ? undefined : { host, pid: Number(pid) };
}
