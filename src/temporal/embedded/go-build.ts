import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rename, rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { showProgress } from './progress.js';

interface GoBuild {
  go: string;
  /** Holds the go.mod and go.sum that pin what is built. */
  moduleDir: string;
  packagePath: string;
  /** Appears only when the build is complete. */
  output: string;
  env: NodeJS.ProcessEnv;
  say: (line: string) => void;
  signal: AbortSignal | undefined;
}

/** @throws Error with the compiler's last lines */
export async function goBuild({ go, moduleDir, packagePath, output, env, say, signal }: GoBuild): Promise<void> {
  const partial = `${output}.${process.pid}`;
  const startedAtMs = Date.now();
  let current = 'starting';
  let compiled = 0;
  const complaints: string[] = [];

  const build = spawn(go, ['build', '-v', '-trimpath', '-ldflags', '-s -w', '-o', partial, packagePath], {
    cwd: moduleDir,
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
    signal,
    killSignal: 'SIGINT', // go then ends its compilers and removes its work directory
  });
  const closed = once(build, 'close') as Promise<[number | null]>;
  const endWithUs = () => build.kill('SIGINT');
  process.once('exit', endWithUs);
  createInterface(build.stderr).on('line', (line) => {
    if (/^\S+$/.test(line)) compiled += 1;
    else if (!line.startsWith('go: downloading ')) complaints.push(line);
    current = line;
  });
  const stopProgress = showProgress(() => {
    const seconds = Math.round((Date.now() - startedAtMs) / 1000);
    return `Building the Temporal server: ${seconds} s, ${compiled} packages, ${current}`;
  }, say);
  try {
    const [exitCode] = await closed;
    if (exitCode !== 0) throw new Error(complaints.slice(-3).join(' ') || `go build exited with ${exitCode}`);
    await rename(partial, output);
  } finally {
    stopProgress();
    process.removeListener('exit', endWithUs);
    await rm(partial, { force: true });
  }
}
