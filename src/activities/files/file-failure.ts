import { invalidInput } from '../input/invalid-input.js';

/** Errors of a file system that do not pass by themselves, as a full disk does. */
const FOR_GOOD: Partial<Record<string, string>> = {
  ENOENT: 'no such file or folder',
  EACCES: 'this worker may not (EACCES)',
  EPERM: 'this worker may not (EPERM)',
  EROFS: 'the file system is read-only',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of its path is a file',
  ELOOP: 'it is a link',
  ENXIO: 'it is no file',
  ENODEV: 'it is no file',
  EEXIST: 'it exists',
  ENAMETOOLONG: 'its name is too long',
  ERR_INVALID_ARG_VALUE: 'its name cannot be one',
};

/**
 * @param what was not possible, like `cannot read notes.txt`
 * @returns what to throw in place of an error of the file system: an `InvalidInput` where a person has to mend something
 */
export function fileFailure(error: unknown, what: string): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (typeof code !== 'string') return error;
  const words = FOR_GOOD[code];
  return words === undefined ? new Error(`${what}: ${code}`) : invalidInput(`${what}: ${words}`);
}
