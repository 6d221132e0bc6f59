// Whether every package of package-lock.json, shipped or a tool, has a licence that asks for no more than to be named.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ALLOWED = [
  ...['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'BlueOak-1.0.0', 'CC0-1.0', 'ISC', 'MIT', 'Unlicense'],
  'CC-BY-4.0', // of data, caniuse-lite
];
/** What a package's own text says where its package.json says nothing. */
const READ_BY_HAND = { 'node_modules/unionfs@4.6.0': 'Unlicense' };

const file = fileURLToPath(new URL('../package-lock.json', import.meta.url));
const { packages } = JSON.parse(readFileSync(file, 'utf8'));
const complaints = Object.entries(packages).flatMap(([path, { version, license, link }]) => {
  if (path === '' || link) return [];
  const licence = license ?? READ_BY_HAND[`${path}@${version}`] ?? 'none is named';
  return isAllowed(licence) ? [] : [`${path}@${version}: ${licence}`];
});
if (complaints.length > 0) {
  console.error(`Licences that nobody has allowed in scripts/check-licences.mjs:\n  ${complaints.join('\n  ')}`);
  process.exitCode = 1;
}

/** @param expression of SPDX: names, joined by AND, or by OR in parentheses */
function isAllowed(expression) {
  const every = expression.split(' AND ');
  return every.every((each) => each.replace(/^\((.*)\)$/, '$1').split(' OR ').some((name) => ALLOWED.includes(name))); // prettier-ignore
}
