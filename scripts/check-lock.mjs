// Whether package-lock.json pins every package by its content, for every platform, from whatever registry it comes.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const file = fileURLToPath(new URL('../package-lock.json', import.meta.url));
const { packages } = JSON.parse(readFileSync(file, 'utf8'));
const complaints = Object.entries(packages).flatMap(([path, { integrity, link, resolved }]) => {
  if (path === '' || link) return [];
  if (!/^sha512-[\w+/]{86}==$/.test(integrity ?? '')) return [`${path}: no sha512 integrity`];
  if (resolved !== undefined) return [`${path}: names a registry; omit-lockfile-registry-resolved keeps them out`];
  return [];
});
if (complaints.length > 0) {
  console.error(`package-lock.json does not pin everything:\n  ${complaints.join('\n  ')}`);
  console.error('Remove these entries from it, and run: npm install --package-lock-only');
  process.exitCode = 1;
}
