import { lstat, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { invalidInput } from '../input/invalid-input.js';

/**
 * @param path absolute, or from the root
 * @returns the path of what is there, symbolic links resolved
 * @throws ApplicationFailure of type `InvalidInput` when nothing is there, or it is outside the root
 */
export async function existingInside(root: string, path: string): Promise<string> {
  const real = await realpath(resolve(root, path)).catch((error: unknown) => {
    const { code } = error as NodeJS.ErrnoException;
    throw invalidInput(`cannot read ${path}: ${code === 'ENOENT' ? 'no such file or folder' : String(code)}`);
  });
  if (await isInside(root, real)) return real;
  throw invalidInput(`${path} is outside ${root}, the folder that files.root names`);
}

/**
 * A place to write a file to.
 * @throws ApplicationFailure of type `InvalidInput` when its folder is missing or outside the root, or it is no file
 */
export async function placeInside(root: string, path: string): Promise<string> {
  const wanted = resolve(root, path);
  const place = join(await existingInside(root, dirname(wanted)), basename(wanted));
  const there = await lstat(place).catch(() => undefined);
  if (there && !there.isFile()) throw invalidInput(`cannot write ${path}: it is there, and no file`);
  if (!(await stat(dirname(place))).isDirectory()) throw invalidInput(`cannot write ${path}: its folder is a file`);
  return place;
}

async function isInside(root: string, real: string): Promise<boolean> {
  const realRoot = await realpath(root);
  return real === realRoot || real.startsWith(realRoot.endsWith(sep) ? realRoot : realRoot + sep);
}
