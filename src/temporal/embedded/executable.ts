import { access, constants, stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

export async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

/** @param searchPath directories as in PATH; relative and empty ones are left out, as they depend on where one stands */
export async function executableOnPath(name: string, searchPath: string | undefined): Promise<string | undefined> {
  for (const directory of (searchPath ?? '').split(delimiter)) {
    const candidate = join(directory, name);
    if (directory.startsWith('/') && (await isExecutable(candidate))) return candidate;
  }
  return undefined;
}
