import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const MAX_NOTE_BYTES = 4_096;
const note = z.strictObject({
  /** On the loopback interface: a note sends nobody's texts elsewhere. */
  address: z.string().regex(/^127\.0\.0\.1:\d{1,5}$/),
  webUi: z
    .string()
    .regex(/^http:\/\/127\.0\.0\.1:\d{1,5}$/)
    .nullable(),
  /** Of the server itself: it may outlive who started it. */
  pid: z.int().min(1),
});

/** An embedded server, as it is noted in its home so that other commands find it. */
export type NotedServer = z.output<typeof note>;

const fileIn = (home: string) => join(home, 'server.json');

export async function noteServer(home: string, server: NotedServer): Promise<void> {
  await rm(fileIn(home), { force: true });
  await writeFile(fileIn(home), JSON.stringify(server), { flag: 'wx', mode: 0o600 });
}

export async function forgetServer(home: string): Promise<void> {
  await rm(fileIn(home), { force: true });
}

/** @returns undefined when no server is noted, it has ended, or the note is none of ours */
export function notedServer(home: string): NotedServer | undefined {
  const text = noteIn(fileIn(home));
  if (text === undefined) return undefined;
  try {
    const server = note.parse(JSON.parse(text));
    return isAlive(server.pid) ? server : undefined;
  } catch {
    return undefined;
  }
}

function noteIn(file: string): string | undefined {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    if (!fstatSync(descriptor).isFile()) return undefined;
    const bytes = Buffer.alloc(MAX_NOTE_BYTES);
    return bytes.toString('utf8', 0, readSync(descriptor, bytes));
  } catch {
    return undefined;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
