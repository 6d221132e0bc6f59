import { constants, type Dirent } from 'node:fs';
import { lstat, open, readdir, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { glob } from 'tinyglobby';
import { oneLine } from '../../domain/text.js';
import { invalidInput } from '../input/invalid-input.js';
import { atPlace, requireInside, told, whereIs, type Place } from './place.js';

/** The folder that holds all files a worker reads and writes for others; whatever is outside is refused. */
export interface Root {
  /** What stands at a path. Links are followed as long as they lead inside. */
  look(path: string): Promise<{ /** Links resolved. */ path: string; isFolder: boolean }>;
  read<T>(path: string, work: (file: FileToRead) => Promise<T>): Promise<T>;
  /** `how`: it must not be there, it must be there, or either. Links are not followed; ours alone may read what is made. */
  write<T>(path: string, how: 'new' | 'there' | 'either', work: (file: FileToWrite) => Promise<T>): Promise<T>;
  /** What stands in a folder. Links are told as links. */
  list(path: string): Promise<Dirent[]>;
  /** Where a file can be written. @returns its path, links of its folder resolved */
  place(path: string): Promise<string>;
  /** Paths of the files that a glob means, from the root. Links are not followed. */
  matching(pattern: string): Promise<string[]>;
  /** Puts a file in the place of another. */
  replace(from: string, to: string): Promise<void>;
  /** Takes a file away, where there is one. */
  remove(path: string): Promise<void>;
}

/** An open file, which was judged by its handle: regular, inside the root, with one link. */
export interface FileToRead {
  /** Links resolved. */
  path: string;
  bytes: number;
  /** Epoch milliseconds */
  modifiedAtMs: number;
  /** When it came to be what it is at this place: a file moved or copied here may be older by its time. Epoch milliseconds */
  changedAtMs: number;
  /** Epoch milliseconds; 0 where the file system does not know it. */
  madeAtMs: number;
  /** A part of it, in pieces. `to`: the first byte that is not read. */
  chunks(from: number, to?: number): AsyncGenerator<Buffer, undefined>;
  /** Its first bytes, as many as it has. */
  head(maxBytes: number): Promise<Buffer>;
}

interface FileToWrite extends FileToRead {
  /** @throws Error when the disk takes no more: tried again */
  writeAt(offset: number, bytes: Uint8Array): Promise<void>;
  cut(bytes: number): Promise<void>;
  /** Until the disk has it. */
  sync(): Promise<void>;
}

const YES_OR_NO = [() => true, () => false] as const;
const CHUNK_BYTES = 256 * 1024;
const MAX_PATTERN_CHARS = 500;
const OURS_ALONE = 0o600;
const FLAGS = {
  read: constants.O_RDONLY,
  there: constants.O_RDWR,
  either: constants.O_RDWR | constants.O_CREAT,
  new: constants.O_RDWR | constants.O_CREAT | constants.O_EXCL,
} as const;

/**
 * Opens files inside of a folder and nowhere else. A path is opened first, without following what stands at its end and
 * without waiting for it, then judged by the handle, and read or written through that handle: what is put in its place
 * meanwhile changes nothing.
 * @param root absolute
 * @param signal ends reading, also in the middle of a file
 * @throws ApplicationFailure of type `InvalidInput` for what is outside, missing, or no file with one link
 */
export function rootedAt(root: string, signal?: AbortSignal): Root {
  async function opened<T>(
    place: Place,
    how: keyof typeof FLAGS,
    given: string,
    work: (file: FileToWrite) => Promise<T>,
  ) {
    const flags = FLAGS[how] | constants.O_NOFOLLOW | constants.O_NONBLOCK;
    const path = `${place.folder.handlePath}/${place.name}`;
    const handle = await open(path, flags, OURS_ALONE).catch(told(given, how === 'read' ? 'read' : 'write'));
    try {
      const { size, mtimeMs, ctimeMs, birthtimeMs } = await judged(root, handle, path, given);
      const times = { modifiedAtMs: mtimeMs, changedAtMs: ctimeMs, madeAtMs: birthtimeMs };
      const about = { path: place.path, bytes: size, ...times };
      return await work({ ...about, ...throughHandle(handle, given, signal) });
    } finally {
      await handle.close();
    }
  }
  const lists = (path: string) =>
    atPlace(root, path, 'follow', ({ folder, name }) =>
      readdir(`${folder.handlePath}/${name}`, { withFileTypes: true }).catch(told(path)),
    );
  return {
    look: (path) =>
      atPlace(root, path, 'follow', async (place) => {
        const about = await lstat(`${place.folder.handlePath}/${place.name}`).catch(told(path));
        if (about.isFile() || about.isDirectory()) return { path: place.path, isFolder: about.isDirectory() };
        throw invalidInput(`${oneLine(path)} is neither a file nor a folder`);
      }),
    read: (path, work) => atPlace(root, path, 'follow', (place) => opened(place, 'read', path, work)),
    write: (path, how, work) => atPlace(root, path, 'no link', (place) => opened(place, how, path, work)),
    list: lists,
    place: (path) =>
      atPlace(root, path, 'no link', async (place) => {
        const there = await lstat(`${place.folder.handlePath}/${place.name}`).catch(() => undefined);
        if (there && !there.isFile()) throw invalidInput(`cannot write ${oneLine(path)}: it is there, and no file`);
        return place.path;
      }),
    matching: async (pattern) => {
      requireHarmless(pattern);
      const { path: cwd } = await rootedAt(root).look('.');
      const found = await glob(pattern, { cwd, followSymbolicLinks: false, expandDirectories: false });
      const inside = new Map<string, boolean>(); // a part of the pattern that is a plain name may be a link
      for (const folder of new Set(found.map((path) => dirname(path)))) {
        inside.set(
          folder,
          await rootedAt(root)
            .look(folder)
            .then(...YES_OR_NO),
        );
      }
      return found.filter((path) => inside.get(dirname(path))).sort();
    },
    replace: (from, to) =>
      atPlace(root, from, 'no link', (source) =>
        atPlace(root, to, 'no link', (target) =>
          rename(`${source.folder.handlePath}/${source.name}`, `${target.folder.handlePath}/${target.name}`).catch(
            told(to, 'write'),
          ),
        ),
      ),
    remove: (path) =>
      atPlace(root, path, 'no link', ({ folder, name }) =>
        rm(`${folder.handlePath}/${name}`, { force: true }).catch(told(path, 'write')),
      ),
  };
}

async function judged(root: string, handle: FileHandle, path: string, given: string) {
  const about = await handle.stat();
  if (!about.isFile()) throw invalidInput(`${oneLine(given)} is not a regular file`);
  if (about.nlink > 1) {
    throw invalidInput(`${oneLine(given)} has ${about.nlink} hard links, of which some may be outside: copy it`);
  }
  await requireInside(root, await whereIs(handle, path), given);
  return about;
}

function throughHandle(handle: FileHandle, given: string, signal: AbortSignal | undefined) {
  async function* chunks(from: number, to = Infinity): AsyncGenerator<Buffer, undefined> {
    for (let at = from; at < to;) {
      signal?.throwIfAborted();
      const wanted = Math.min(CHUNK_BYTES, to - at);
      const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(wanted), 0, wanted, at);
      if (bytesRead === 0) return;
      at += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  }
  return {
    chunks,
    async head(maxBytes: number) {
      const read: Buffer[] = [];
      for await (const chunk of chunks(0, maxBytes)) read.push(chunk);
      return Buffer.concat(read);
    },
    async writeAt(offset: number, bytes: Uint8Array) {
      const { bytesWritten } = await handle.write(bytes, 0, bytes.length, offset).catch(told(given, 'write'));
      if (bytesWritten < bytes.length) throw new Error(`${oneLine(given)} takes no more: the disk is full`);
    },
    cut: (bytes: number) => handle.truncate(bytes),
    sync: () => handle.datasync(),
  };
}

/** A brace may hide a way out that a path would show. */
function requireHarmless(pattern: string): void {
  if (pattern.length > MAX_PATTERN_CHARS) {
    throw invalidInput(`${oneLine(pattern, 60)}: a pattern has at most ${MAX_PATTERN_CHARS} characters`);
  }
  if (/(?:^|[/,{(|])\.\.(?:[/,})|]|$)/.test(pattern)) {
    throw invalidInput(`${oneLine(pattern)} is outside the folder that files.root names: a pattern has no ..`);
  }
}
