import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, mkdtemp, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { EnvHttpProxyAgent, fetch } from 'undici';
import { showProgress } from './progress.js';

/** Without a new byte for this long, the network swallows what we send. */
const STALLED_MS = 10_000;
/** A release has some 45 MB. */
const MAX_ARCHIVE_BYTES = 256 * 1024 * 1024;

interface ReleaseDownload {
  /** Of a .tar.gz that holds the program. */
  url: string;
  /** Of the archive, in hexadecimal: nothing else is unpacked, let alone run. */
  sha256: string;
  /** The program's name in the archive. */
  program: string;
  /** Appears only when the download is complete and what it should be. */
  output: string;
  /** Names a proxy, perhaps. */
  env: NodeJS.ProcessEnv;
  say: (line: string) => void;
  signal: AbortSignal | undefined;
}

/** Downloads a program that somebody released, and makes sure that it is the one we know. @throws Error that says why there is no file */
export async function releaseDownload(release: ReleaseDownload): Promise<void> {
  const { sha256, program, output, say } = release;
  const folder = await mkdtemp(`${output}-download.`); // beside its place, so that it moves there in one step
  let bytes = 0;
  const stopProgress = showProgress(() => `Downloading the Temporal server: ${(bytes / 1e6).toFixed(0)} MB`, say);
  try {
    const archive = join(folder, 'archive.tar.gz');
    const found = await saved(release, archive, (length) => (bytes += length));
    if (found !== sha256) throw new Error(`its sha256 is ${found}, not ${sha256}`);
    await promisify(execFile)('tar', ['-xzf', archive, '-C', folder, program], { env: release.env });
    await chmod(join(folder, program), 0o755);
    await rename(join(folder, program), output);
  } finally {
    stopProgress();
    await rm(folder, { recursive: true, force: true });
  }
}

/** @returns the sha256 of what was written */
async function saved(
  { url, env, signal }: ReleaseDownload,
  path: string,
  more: (length: number) => number,
): Promise<string> {
  const stalled = new AbortController();
  const watchdog = setTimeout(() => {
    stalled.abort(new Error(`nothing arrived for ${STALLED_MS / 1_000} s`));
  }, STALLED_MS);
  const { HTTP_PROXY: httpProxy, HTTPS_PROXY: httpsProxy, NO_PROXY: noProxy } = env;
  const dispatcher = new EnvHttpProxyAgent({
    ...(httpProxy && { httpProxy }),
    ...(httpsProxy && { httpsProxy }),
    ...(noProxy && { noProxy }),
  });
  const file = await open(path, 'wx', 0o600);
  try {
    const signals = signal ? [signal, stalled.signal] : [stalled.signal];
    const { ok, status, body } = await fetch(url, { dispatcher, signal: AbortSignal.any(signals) });
    if (!ok || body === null) throw new Error(`HTTP status ${status}`);
    const hash = createHash('sha256');
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      watchdog.refresh();
      if (more(chunk.length) > MAX_ARCHIVE_BYTES) throw new Error(`it is longer than ${MAX_ARCHIVE_BYTES} bytes`);
      hash.update(chunk);
      await file.writeFile(chunk);
    }
    return hash.digest('hex');
  } catch (error) {
    throw stalled.signal.aborted ? stalled.signal.reason : causeOf(error);
  } finally {
    clearTimeout(watchdog);
    await file.close();
    await dispatcher.destroy();
  }
}

/** `fetch failed` says nothing; what it is wrapped around does. */
function causeOf(error: unknown): unknown {
  return error instanceof TypeError && error.cause instanceof Error ? error.cause : error;
}
