import type { Dirent } from 'node:fs';
import { ApplicationFailure } from '@temporalio/common';
import type { BatchSource, Cursor } from '../../domain/batch/batch-page.js';
import { isSettled } from '../files/settled.js';
import type { Root } from '../files/rooted.js';
import { invalidInput } from '../input/invalid-input.js';
import { badRecord, saidBy, type InputRecord, type Said } from './input-text.js';
import { lettersOf, notText, textIn } from '../files/letters.js';

const MAX_FILE_BYTES = 2 * 1024 * 1024;
const MAX_FILES = 1_000_000;
const MAX_DEPTH = 32;

/** The files of a folder and of those in it, in order of their names; hidden ones are left out. */
export async function* folderRecords(
  root: Root,
  { path, encoding }: BatchSource,
  { line: first, after = '' }: Cursor,
): AsyncGenerator<InputRecord, void> {
  let line = first;
  for (const name of (await namesBelow(root, path)).filter((each) => each > after)) {
    const said = await fileSays(root, `${path}/${name}`, { name, encoding });
    yield { said, line, next: { offset: 0, line: line + 1, after: name } };
    line += 1;
  }
}

/** @returns paths from the folder, sorted */
async function namesBelow(root: Root, folder: string): Promise<string[]> {
  const names: string[] = [];
  const folders = ['']; // those that are still to be looked into
  for (let inner = folders.pop(); inner !== undefined; inner = folders.pop()) {
    for (const entry of await root.list(inner === '' ? folder : `${folder}/${inner}`)) {
      if (entry.name.startsWith('.')) continue;
      const name = inner === '' ? entry.name : `${inner}/${entry.name}`;
      if (isOpenFolder(entry, name)) folders.push(name);
      else names.push(name);
    }
    if (names.length + folders.length > MAX_FILES) throw invalidInput(`${folder} has more than ${MAX_FILES} files`);
  }
  return names.sort();
}

/** One that is too deep, like a link to a folder, is told in a line of its own. */
function isOpenFolder(entry: Dirent, name: string): boolean {
  return entry.isDirectory() && name.split('/').length < MAX_DEPTH;
}

/** What is wrong with one file is its own line. */
async function fileSays(
  root: Root,
  path: string,
  { name, encoding }: { name: string; encoding: string | undefined },
): Promise<Said> {
  try {
    return await root.read(path, async (file): Promise<Said> => {
      const { bytes } = file;
      if (bytes > MAX_FILE_BYTES) return badRecord(`too long: ${bytes} bytes`, name);
      if (!(await isSettled(root, file))) return badRecord('it is still being written', name);
      const letters = await lettersOf(file, encoding);
      const text = textIn((await file.head(MAX_FILE_BYTES)).subarray(letters.begin), letters);
      return text === undefined ? badRecord(notText(letters), name) : saidBy(text, '', name);
    });
  } catch (error) {
    if (!(error instanceof ApplicationFailure)) throw error; // about this worker, or a cancellation
    return badRecord(error.message, name);
  }
}
