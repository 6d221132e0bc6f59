import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder that holds our package.json, wherever in it this code was put. */
const ROOT = rootAbove(dirname(fileURLToPath(import.meta.url)));

/** A file of the package itself, by its path in it. */
export function packageFile(path: string): string {
  return join(ROOT, path);
}

function rootAbove(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error('there is no package.json above the program');
  return rootAbove(parent);
}
