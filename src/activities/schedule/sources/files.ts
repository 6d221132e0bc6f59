import { open, stat } from 'node:fs/promises';
import { relative, resolve, sep } from 'node:path';
import { glob, isDynamicPattern } from 'tinyglobby';
import type { Item } from '../../../domain/schedule/recurring.js';
import { MAX_TEXT_BYTES } from '../../../domain/text.js';
import { existingInside } from '../../files/inside-root.js';
import { invalidInput } from '../../input/invalid-input.js';
import { fittingText } from './fitting-text.js';
import type { FoundItem, Found } from './found.js';

/**
 * The files that a path means: itself, all below a folder, or those that match a glob. Hidden ones and links are
 * left out. A file that is changed is a new item. The oldest comes first.
 * @throws ApplicationFailure of type `InvalidInput` when nothing is there, or it is outside the root
 */
export async function filesBelow(path: string, root: string, except: string | undefined): Promise<Found> {
  const paths = (await pathsOf(path, root)).filter((each) => each !== except);
  const files = await Promise.all(paths.map((each) => fileAt(each, root)));
  const oldestFirst = files.filter((file) => file !== undefined).sort((a, b) => a.modifiedAtMs - b.modifiedAtMs);
  return { candidates: oldestFirst.map(({ candidate }) => candidate) };
}

/** @returns paths from the root, sorted by name */
async function pathsOf(path: string, root: string): Promise<string[]> {
  const fromRoot = relative(root, resolve(root, path));
  if (isDynamicPattern(path) && !(await isThere(resolve(root, path)))) {
    if (fromRoot.startsWith('..')) throw invalidInput(`${path} is outside ${root}, the folder that files.root names`);
    const folders = fromRoot.split(sep);
    const fixed = folders
      .slice(
        0,
        folders.findIndex((folder) => isDynamicPattern(folder)),
      )
      .join(sep); // a link leads on
    if (await isThere(resolve(root, fixed))) await existingInside(root, fixed);
    return matching(fromRoot, root);
  }
  const real = await existingInside(root, path);
  const about = await stat(real);
  if (about.isFile()) return [fromRoot];
  if (!about.isDirectory()) throw invalidInput(`${path} is neither a file nor a folder`);
  const below = await matching('**', real);
  return below.map((each) => relative(root, resolve(root, path, each)));
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function matching(pattern: string, cwd: string): Promise<string[]> {
  return (await glob(pattern, { cwd, followSymbolicLinks: false, expandDirectories: false })).sort();
}

/** @returns undefined when it went away meanwhile, or is no file */
async function fileAt(path: string, root: string): Promise<{ candidate: FoundItem; modifiedAtMs: number } | undefined> {
  const about = await stat(resolve(root, path)).catch(() => undefined);
  if (!about?.isFile()) return undefined;
  const { size, mtimeMs } = about;
  const candidate = {
    identity: `${path}\n${size}\n${mtimeMs}`,
    about: { path },
    content: () => textOf(path, size, root),
  };
  return { candidate, modifiedAtMs: mtimeMs };
}

/** What is wrong with one file is about this item, not about the run. */
async function textOf(path: string, size: number, root: string): Promise<Item['content']> {
  try {
    const file = await open(await existingInside(root, path));
    try {
      const { buffer, bytesRead } = await file.read({
        buffer: Buffer.alloc(Math.min(size, MAX_TEXT_BYTES)),
        position: 0,
      });
      const cut = size > MAX_TEXT_BYTES;
      const decoder = new TextDecoder('utf-8', { fatal: true });
      return fittingText(decoder.decode(buffer.subarray(0, bytesRead), { stream: cut }), cut);
    } finally {
      await file.close();
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const notText = code === 'ERR_ENCODING_INVALID_ENCODED_DATA';
    return { error: { type: 'Unreadable', message: notText ? `${path} is not text (UTF-8 expected)` : message } };
  }
}
