import { createHash } from 'node:crypto';
import { join, relative, resolve, sep } from 'node:path';
import { ApplicationFailure } from '@temporalio/common';
import { isDynamicPattern } from 'tinyglobby';
import type { Item } from '../../../domain/schedule/reading.js';
import { MAX_TEXT_BYTES, oneLine } from '../../../domain/text.js';
import type { FileToRead, Root } from '../../files/rooted.js';
import { isSettled } from '../../files/settled.js';
import { lettersOf } from '../../files/letters.js';
import { fittingText } from './fitting-text.js';
import type { Found, FoundItem } from './found.js';

interface FileFound {
  candidate: FoundItem;
  modifiedAtMs: number;
}

/**
 * The files that a path means: itself, all below a folder, or those that match a glob. Hidden ones and links are left
 * out, and those that are being written until they are done. A file with another text is a new item; one that was only
 * touched is not. The oldest comes first.
 * @throws ApplicationFailure of type `InvalidInput` when nothing is there, or it is outside the root
 */
export async function filesBelow(files: Root, path: string, except: string | undefined): Promise<Found> {
  const found: FileFound[] = [];
  for (const each of await pathsOf(files, path)) {
    const file = each === except ? undefined : await fileAt(files, each);
    if (file) found.push(file);
  }
  const oldestFirst = found.sort((a, b) => a.modifiedAtMs - b.modifiedAtMs);
  return { candidates: oldestFirst.map(({ candidate }) => candidate) };
}

/** @returns paths from the root, sorted by name */
export async function pathsOf(files: Root, path: string): Promise<string[]> {
  const root = await files.look('.');
  const there = await files.look(path).catch((error: unknown) => {
    if (isDynamicPattern(path)) return undefined;
    throw error;
  });
  if (there === undefined) {
    const fromRoot = relative(root.path, resolve(root.path, path));
    const folders = fromRoot.split(sep);
    const fixed = folders
      .slice(
        0,
        Math.max(
          0,
          folders.findIndex((folder) => isDynamicPattern(folder)),
        ),
      )
      .join(sep);
    await files.look(fixed === '' ? '.' : fixed); // a link leads on
    return files.matching(fromRoot);
  }
  const fromRoot = relative(root.path, resolve(root.path, path));
  if (!there.isFolder) return [fromRoot];
  const prefix = relative(root.path, there.path);
  const below = await files.matching(`${prefix === '' ? '' : `${escaped(prefix)}/`}**`);
  return below.map((each) => join(fromRoot, relative(prefix, each)));
}

/** A name that holds what means something in a glob. */
function escaped(path: string): string {
  return path.replace(/[\\!()*?[\]{}+@|]/g, '\\$&');
}

/** @returns undefined when it went away meanwhile, is no file, or is still being written */
async function fileAt(files: Root, path: string): Promise<FileFound | undefined> {
  const about = { path: oneLine(path, MAX_SHOWN_PATH_CHARS) };
  try {
    return await files.read(path, async (file) => {
      if (!(await isSettled(files, file))) return undefined;
      const { bytes, modifiedAtMs } = file;
      const candidate = {
        identity: `${path}\n${await hashOf(file)}`,
        alias: `${path}\n${bytes}\n${modifiedAtMs}`,
        about,
        content: () => textOf(files, path, file),
      };
      return { candidate, modifiedAtMs };
    });
  } catch (error) {
    if (!isAboutTheFile(error)) throw error;
    if ((await files.look(path).catch(() => undefined)) === undefined) return undefined;
    const content = () => ({ error: { type: 'Unreadable', message: oneLine(error.message) } });
    return { candidate: { identity: `${path}\n${error.message}`, about, content }, modifiedAtMs: 0 };
  }
}

const MAX_SHOWN_PATH_CHARS = 1_000;
const HASHES_REMEMBERED = 50_000;
/** By path, size and time: what was not touched need not be read again. */
const hashes = new Map<string, string>();

/** Of what is taken of it, and its size. */
async function hashOf(file: FileToRead): Promise<string> {
  const { path, bytes, modifiedAtMs } = file;
  const name = `${path}\n${bytes}\n${modifiedAtMs}`;
  const known = hashes.get(name);
  if (known !== undefined) return known;
  const hash = createHash('sha256').update(String(bytes));
  for await (const chunk of file.chunks(0, MAX_TEXT_BYTES)) hash.update(chunk);
  const digest = hash.digest('base64url');
  const [oldest] = hashes.keys();
  if (hashes.size >= HASHES_REMEMBERED && oldest !== undefined) hashes.delete(oldest);
  hashes.set(name, digest);
  return digest;
}

/** What is wrong with one file is about this item, not about the run. @returns undefined when it was written to since it was found */
async function textOf(
  files: Root,
  path: string,
  found: Pick<FileToRead, 'bytes' | 'modifiedAtMs'>,
): Promise<Item['content'] | undefined> {
  try {
    return await files.read(path, async (file) => {
      if (file.bytes !== found.bytes || file.modifiedAtMs !== found.modifiedAtMs) return undefined;
      const letters = await lettersOf(file, undefined);
      const cut = file.bytes > MAX_TEXT_BYTES;
      const bytes = (await file.head(MAX_TEXT_BYTES)).subarray(letters.begin);
      const text = textStarting(bytes, letters.encoding, cut);
      if (text !== undefined) return fittingText(text, cut);
      return { error: { type: 'Unreadable', message: `${oneLine(path)} is not text (UTF-8 expected)` } };
    });
  } catch (error) {
    if (!isAboutTheFile(error)) throw error;
    return { error: { type: 'Unreadable', message: oneLine(error.message) } };
  }
}

/** @param cut the bytes may end in the middle of a character */
function textStarting(bytes: Uint8Array, encoding: string, cut: boolean): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes, { stream: cut });
  } catch {
    return undefined;
  }
}

function isAboutTheFile(error: unknown): error is ApplicationFailure {
  return error instanceof ApplicationFailure && error.type === 'InvalidInput';
}
