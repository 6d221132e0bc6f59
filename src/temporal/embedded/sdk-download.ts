import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { showProgress } from './progress.js';

const DOWNLOADER = fileURLToPath(new URL('../../../scripts/download-temporal-cli.mjs', import.meta.url));
/** Without a new byte for this long, the network swallows what we send. */
const STALLED_MS = 10_000;

interface SdkDownload {
  /** Of the Temporal CLI, without a leading v. */
  version: string;
  /** Appears only when the download is complete. */
  output: string;
  env: NodeJS.ProcessEnv;
  say: (line: string) => void;
  signal: AbortSignal | undefined;
}

/** @throws Error that says why there is no file */
export async function sdkDownload({ version, output, env, say, signal }: SdkDownload): Promise<void> {
  const directory = `${output}-download.${process.pid}`;
  await mkdir(directory, { recursive: true });
  const child = spawn(process.execPath, [DOWNLOADER, directory, `v${version}`], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
    signal,
  });
  const closed = once(child, 'close');
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));

  let bytes = 0;
  let movedAtMs = Date.now();
  const stopProgress = showProgress(() => `Downloading the Temporal server: ${(bytes / 1e6).toFixed(0)} MB`, say);
  const watchdog = setInterval(() => {
    void bytesIn(directory).then((now) => {
      if (now > bytes) [bytes, movedAtMs] = [now, Date.now()];
      else if (Date.now() - movedAtMs > STALLED_MS) child.kill();
    });
  }, 500);
  try {
    await closed;
    const [file] = (await readdir(directory)).filter((name) => !name.endsWith('.downloading'));
    if (file === undefined) throw new Error(complaint.trim() || `nothing arrived for ${STALLED_MS / 1000} s`);
    await rename(join(directory, file), output);
  } finally {
    clearInterval(watchdog);
    stopProgress();
    await rm(directory, { recursive: true, force: true });
  }
}

async function bytesIn(directory: string): Promise<number> {
  const names = await readdir(directory).catch(() => []);
  const sizes = names.map((name) =>
    stat(join(directory, name)).then(
      (file) => file.size,
      () => 0,
    ),
  );
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}
