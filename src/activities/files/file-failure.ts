import { invalidInput } from '../input/invalid-input.js';

/** Errors of a file system that do not pass by themselves, as a full disk does. */
const FOR_GOOD = ['ENOENT', 'EACCES', 'EPERM', 'EROFS', 'EISDIR', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG'];

/** @returns what to throw in place of an error of the file system: an `InvalidInput` where a person has to mend something */
export function fileFailure(error: unknown): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  return code !== undefined && FOR_GOOD.includes(code) ? invalidInput(message) : error;
}
