// Whether package-lock.json pins every package by its content, for every platform, from whatever registry it comes; and whether each
// runs on the oldest Node that we promise: npm only warns of it, whoever installs us.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import semver from 'semver';

const file = fileURLToPath(new URL('../package-lock.json', import.meta.url));
const { packages } = JSON.parse(readFileSync(file, 'utf8'));
const oldestNode = semver.minVersion(packages[''].engines.node);
const complaints = Object.entries(packages).flatMap(([path, { integrity, link, resolved, engines }]) => {
  if (path === '' || link) return [];
  if (!/^sha512-[\w+/]{86}==$/.test(integrity ?? '')) return [`${path}: no sha512 integrity`];
  if (resolved !== undefined) return [`${path}: names a registry; omit-lockfile-registry-resolved keeps them out`];
  if (engines?.node && !semver.satisfies(oldestNode, engines.node))
    return [`${path}: is for Node ${engines.node}, and we promise ${oldestNode}; an older version of it may do`];
  return [];
});
if (complaints.length > 0) {
  console.error(`package-lock.json holds what must not be in it:\n  ${complaints.join('\n  ')}`);
  console.error('Of an entry without integrity or with a registry: remove it, and run npm install --package-lock-only');
  process.exitCode = 1;
}
