// What a checkout needs before it can run. Works before any dependency is there, so it uses none.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { clearInterval, setInterval } from 'node:timers';
import { fileURLToPath } from 'node:url';
import { exclusively } from './exclusively.mjs';
import { sourceHash } from './source-hash.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const STILL_AT_IT_MS = 10_000;

/** Builds what is missing or out of date, and installs it before, if `missing` says so. @throws Error for the person */
export async function prepare({ missing }) {
  requireNode();
  if (isInstalled() && isBuilt()) return;
  if (missing === 'refuse' && !isInstalled()) {
    throw new Error('The dependencies are not those of package-lock.json; install them with: npm ci');
  }
  const onWait = (pid) => console.error(`Process ${pid} is installing and building; waiting for it …`);
  await exclusively(join(root, '.understudy', 'prepare.lock'), { onWait, abandonedAfterMs: 1_800_000 }, async () => {
    if (!isInstalled()) await step('Installing dependencies, once', 'npm', ['ci', '--include=dev']);
    if (!isBuilt()) await step('Building', process.execPath, [join(root, 'scripts', 'build.mjs')]);
  });
}

/** Ends the process with 2 when it cannot be prepared. */
export async function prepareOrExit(how) {
  try {
    await prepare(how);
  } catch (error) {
    console.error(error.message.trim());
    process.exit(2);
  }
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

/** Tells the person that it is alive: on a terminal every second, elsewhere every ten. */
async function step(title, command, args) {
  const startedAtMs = Date.now();
  const seconds = () => Math.round((Date.now() - startedAtMs) / 1_000);
  const { stderr } = process;
  console.error(`${title} …`);
  const alive = setInterval(
    () => stderr.write(stderr.isTTY ? `\r${title} … ${seconds()} s ` : `${title}: ${seconds()} s\n`),
    stderr.isTTY ? 1_000 : STILL_AT_IT_MS,
  );
  let output = '';
  try {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => (output += text));
    const status = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
    if (status !== 0) throw new Error(output);
  } finally {
    clearInterval(alive);
    if (stderr.isTTY) stderr.write('\r\x1b[2K');
  }
}
