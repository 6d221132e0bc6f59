import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { packageFile } from '../../package-root.js';
import { exclusively } from '../../../scripts/exclusively.mjs';
import { executableOnPath, isExecutable } from './executable.js';
import { goBuild } from './go-build.js';
import { releaseDownload } from './release-download.js';
import { SetupError } from '../setup-error.js';

const MODULE_DIR = packageFile('tools/temporal-cli');
/** Five minutes on a slow machine, with room for a slower one. */
const MAX_BUILD_MS = 3_600_000;
const PACKAGE_PATH = 'github.com/temporalio/cli/cmd/temporal';

export interface TemporalCliOptions {
  /** A binary to use whatever else there is (TEMPORAL_CLI_PATH). Empty counts as unset. */
  cliPath: string | undefined;
  /** Where to look for `temporal` and `go`, as in PATH. */
  searchPath: string | undefined;
  /** Keeps what was downloaded or built, for every checkout of this user. */
  cacheDir: string;
  /** Of the download and the build. */
  env: NodeJS.ProcessEnv;
  /** Takes a line for the person that waits. */
  say: (line: string) => void;
  signal?: AbortSignal;
}

/**
 * Finds a `temporal` binary, or makes one: at `cliPath`, on the PATH, in the cache, downloaded, built with Go.
 * @returns its absolute path
 * @throws SetupError when `cliPath` cannot be run, and when there is no way to a binary: says what was tried
 */
export async function temporalCli(options: TemporalCliOptions): Promise<string> {
  const { cliPath, searchPath, cacheDir, say, signal } = options;
  if (cliPath) {
    if (await isExecutable(cliPath)) return cliPath;
    throw new SetupError(`TEMPORAL_CLI_PATH is ${cliPath}, which is not an executable file.`);
  }
  const onPath = await executableOnPath('temporal', searchPath);
  if (onPath !== undefined) return onPath;

  const pinned = await pinnedVersions();
  const cached = join(cacheDir, `temporal-cli-${pinned.cli}`, 'temporal');
  if (await isExecutable(cached)) return cached;

  const lockFile = `${cached}.lock`;
  const onWait = (pid: string) => {
    say(`Waiting for process ${pid}, which is getting the Temporal server (else remove ${lockFile}) …`);
  };
  return exclusively(lockFile, { onWait, signal, abandonedAfterMs: MAX_BUILD_MS }, async () => {
    if (!(await isExecutable(cached))) await obtain(cached, pinned, options);
    return cached;
  });
}

async function obtain(output: string, pinned: PinnedVersions, options: TemporalCliOptions): Promise<void> {
  const { searchPath, env, say, signal } = options;
  await mkdir(dirname(output), { recursive: true, mode: 0o700 });
  const download = await attempt(signal, async () => {
    await releaseDownload({ ...(await pinnedRelease(pinned.cli)), program: 'temporal', output, env, say, signal });
  });
  if (download === 'done') return;

  const go = await executableOnPath('go', searchPath);
  const build =
    go === undefined
      ? 'there is no go on the PATH'
      : await attempt(signal, () => {
          say(`No download of the Temporal server (${download}); building it with Go, once, about 5 minutes …`);
          return goBuild({ go, moduleDir: MODULE_DIR, packagePath: PACKAGE_PATH, output, env, say, signal });
        });
  if (build === 'done') return;

  throw new SetupError(
    `No Temporal server: no temporal on the PATH; the download failed (${download}); cannot build it (${build}).\n` +
      `Install the Temporal CLI or Go ${pinned.go}, or set TEMPORAL_CLI_PATH to a binary or TEMPORAL_ADDRESS to a server.`,
  );
}

/** @returns 'done', or why not; an abort is no answer but thrown on */
async function attempt(signal: AbortSignal | undefined, way: () => Promise<void>): Promise<string> {
  try {
    await way();
    return 'done';
  } catch (error) {
    signal?.throwIfAborted();
    return error instanceof Error ? error.message : String(error);
  }
}

interface PinnedVersions {
  cli: string;
  go: string;
}

async function pinnedVersions(): Promise<PinnedVersions> {
  const goMod = await readFile(join(MODULE_DIR, 'go.mod'), 'utf8');
  const [, go] = /^go (\S+)$/m.exec(goMod) ?? [];
  const [, cli] = /^\s*github\.com\/temporalio\/cli v(\S+)/m.exec(goMod) ?? [];
  if (go === undefined || cli === undefined) throw new Error(`${MODULE_DIR}/go.mod pins no Temporal CLI`);
  return { cli, go };
}

/** The release of this platform, and what its content has to be. @throws Error where none is known */
export async function pinnedRelease(
  version: string,
  platform: string = process.platform,
  architecture: string = process.arch,
): Promise<{ url: string; sha256: string }> {
  const archive = `temporal_cli_${version}_${platform}_${architecture === 'x64' ? 'amd64' : architecture}.tar.gz`;
  const known = (await readFile(join(MODULE_DIR, 'checksums.txt'), 'utf8')).split('\n');
  const sha256 = known.map((line) => line.split(/\s+/)).find(([, name]) => name === archive)?.[0];
  if (sha256 === undefined) throw new Error(`no checksum is known of ${archive}`);
  return { url: `https://github.com/temporalio/cli/releases/download/v${version}/${archive}`, sha256 };
}
