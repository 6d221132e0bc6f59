import { constants } from 'node:fs';
import { open, readlink, realpath, stat, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { oneLine } from '../../domain/text.js';
import { invalidInput } from '../input/invalid-input.js';
import { fileFailure } from './file-failure.js';

/** A folder inside the root that is held open, so that nobody can put another in its place. */
interface HeldFolder {
  /** Symbolic links resolved. */
  path: string;
  /** What stands in it is reached by this path and no other. */
  handlePath: string;
}

/** A name in a folder that is held open. */
export interface Place {
  folder: HeldFolder;
  name: string;
  /** Of what stands there or shall; symbolic links on the way resolved. */
  path: string;
}

/**
 * Holds the folder of a path open while `work` uses it.
 * @param follow whether a link at the end of the path is followed, as long as it leads inside
 * @throws ApplicationFailure of type `InvalidInput` when the folder is missing or outside the root
 */
export async function atPlace<T>(
  root: string,
  given: string,
  follow: 'follow' | 'no link',
  work: (place: Place) => Promise<T>,
): Promise<T> {
  const wanted = requireNamedInside(root, await realpath(root), given);
  const target = follow === 'follow' ? await resolved(wanted, given) : wanted;
  const parent = target === root || target === (await realpath(root)) ? target : dirname(target);
  return inFolder(root, await resolved(parent, given), given, (folder) => {
    const name = parent === target ? '.' : basename(target);
    return work({ folder, name, path: join(folder.path, name) });
  });
}

/** Holds a folder open while `work` uses it; the path has no links. */
async function inFolder<T>(
  root: string,
  real: string,
  given: string,
  work: (folder: HeldFolder) => Promise<T>,
): Promise<T> {
  await requireInside(root, real, given);
  const held = await open(real, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NONBLOCK).catch(told(given));
  try {
    const path = await whereIs(held, real);
    await requireInside(root, path, given);
    const proc = `/proc/self/fd/${held.fd}`;
    const handlePath = (await isThere(`${proc}/.`)) ? proc : path;
    return await work({ path, handlePath });
  } finally {
    await held.close();
  }
}

/**
 * Where an open file is. What the kernel says where it says so; elsewhere the path that it was opened by, as long as the
 * same file stands there.
 */
export async function whereIs(handle: FileHandle, path: string): Promise<string> {
  const told = await readlink(`/proc/self/fd/${handle.fd}`).catch(() => undefined);
  if (told !== undefined) return told;
  const [real, ours] = [await realpath(path), await handle.stat()];
  const there = await stat(real);
  if (there.ino === ours.ino && there.dev === ours.dev) return real;
  throw invalidInput(`${oneLine(path)} was put in the place of another while it was opened`);
}

export async function requireInside(root: string, real: string, given: string): Promise<void> {
  if (!isBelow(await realpath(root), real)) throw outside(root, given);
}

/** What is outside by its name is not even looked for: whether it exists is nobody's business. */
function requireNamedInside(root: string, realRoot: string, given: string): string {
  const wanted = resolve(root, given);
  if (isBelow(root, wanted) || isBelow(realRoot, wanted)) return wanted;
  throw outside(root, given);
}

function isBelow(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

function outside(root: string, given: string): Error {
  return invalidInput(`${oneLine(given)} is outside ${oneLine(root)}, the folder that files.root names`);
}

async function resolved(path: string, given: string): Promise<string> {
  return realpath(path).catch(told(given));
}

/** @returns what throws the reason in words, for a path as it was given */
export function told(given: string, deed: 'read' | 'write' = 'read'): (error: unknown) => never {
  return (error) => {
    throw fileFailure(error, `cannot ${deed} ${oneLine(given)}`);
  };
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
