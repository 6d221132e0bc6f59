// Installs and builds what is missing or out of date. Runs before any dependency is there, so it uses none.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { exclusively } from './exclusively.mjs';
import { sourceHash } from './source-hash.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

try {
  requireNode();
  if (!isInstalled() || !isBuilt()) await prepare();
} catch (error) {
  console.error(error.message.trim());
  process.exit(2);
}

async function prepare() {
  const onWait = (pid) => console.error(`Process ${pid} is installing and building; waiting for it …`);
  await exclusively(join(root, '.understudy', 'prepare.lock'), { onWait, abandonedAfterMs: 1_800_000 }, () => {
    if (!isInstalled()) step('Installing dependencies (once) …', 'npm', ['ci', '--include=dev']);
    if (!isBuilt()) step('Building …', process.execPath, [join(root, 'scripts', 'build.mjs')]);
  });
}

function requireNode() {
  const wanted = JSON.parse(read('package.json')).engines.node; // '>=20.19'
  const [major, minor] = wanted.match(/\d+/g).map(Number);
  const [ourMajor, ourMinor] = process.versions.node.split('.').map(Number);
  if (ourMajor > major || (ourMajor === major && ourMinor >= minor)) return;
  throw new Error(`Understudy needs Node ${wanted}; this is ${process.version}.`);
}

/** Compares what npm wrote down about node_modules with what the lock file asks for. */
function isInstalled() {
  try {
    const installed = JSON.parse(read('node_modules/.package-lock.json')).packages;
    const wanted = Object.entries(JSON.parse(read('package-lock.json')).packages);
    return wanted.every(([path, { version, optional, devOptional }]) => {
      return path === '' || installed[path]?.version === version || ((optional || devOptional) && !installed[path]);
    });
  } catch {
    return false;
  }
}

function isBuilt() {
  try {
    return read('dist/source-hash') === sourceHash(root);
  } catch {
    return false;
  }
}

function read(file) {
  return readFileSync(join(root, file), 'utf8');
}

function step(title, command, args) {
  console.error(title);
  const { status, error, stdout, stderr } = spawnSync(command, args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  if (status !== 0) throw error ?? new Error(`${stdout}${stderr}`);
}
