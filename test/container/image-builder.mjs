// Builds the Dockerfile for real, without an engine or an image registry: with buildah, on a base image made here.
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { output, run } from './container-tools.mjs';

/** @param store holds images and containers; removing the folder removes them */
export const buildah = (store) => [
  'buildah',
  ...['--storage-driver', 'vfs', '--root', join(store, 'root'), '--runroot', join(store, 'run')],
];

const BUILD = ['bud', '--quiet', '--pull-never', '--isolation', 'chroot', '--format', 'docker'];

export function buildImage({ root, store, cacheDir, tag }) {
  const [base] = /(?<=^FROM )\S+/m.exec(readFileSync(join(root, 'Dockerfile'), 'utf8'));
  const [command, ...options] = buildah(store);
  run(command, [...options, ...BUILD, '--tag', `docker.io/library/${base}`, baseImageContext(cacheDir)]);
  run(command, [...options, ...BUILD, ...npmSettings(), '--tag', tag, root]);
}

/** The part of the official image that the Dockerfile relies on: Debian, this machine's Node and npm, the user "node". */
function baseImageContext(cacheDir) {
  const context = join(cacheDir, `base-${process.version}`);
  if (existsSync(context)) return context;
  const making = `${context}.making`;
  const rootfs = join(making, 'rootfs');
  rmSync(making, { recursive: true, force: true });
  mkdirSync(making, { recursive: true });
  run('debootstrap', ['--variant=minbase', 'bookworm', rootfs]);
  run('chroot', [rootfs, 'useradd', '--uid', '1000', '--create-home', 'node']);
  const npm = join(output('npm', ['root', '--global']).trim(), 'npm');
  cpSync(process.execPath, join(rootfs, 'usr/bin/node'));
  cpSync(npm, join(rootfs, 'usr/lib/node_modules/npm'), { recursive: true });
  symlinkSync('../lib/node_modules/npm/bin/npm-cli.js', join(rootfs, 'usr/bin/npm'));
  writeFileSync(join(making, 'Dockerfile'), 'FROM scratch\nCOPY rootfs /\n');
  renameSync(making, context);
  return context;
}

/** How this machine reaches its registry is mounted while the image builds, and is no part of it. */
function npmSettings() {
  const setting = (name) => output('npm', ['config', 'get', name], { cwd: '/' }).trim();
  const files = [
    [setting('globalconfig'), '/usr/etc/npmrc'],
    [join(homedir(), '.npmrc'), '/root/.npmrc'],
    [setting('cafile'), setting('cafile')],
  ];
  return files.filter(([from]) => existsSync(from)).flatMap(([from, to]) => ['--volume', `${from}:${to}:ro`]);
}
