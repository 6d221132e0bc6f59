import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const BESIDES_SRC = [
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'scripts/build.mjs',
  'scripts/bundle-commands.mjs',
];

/** Of everything that a build depends on. Contents and names, as a checkout changes times and not contents. */
export function sourceHash(root) {
  const sources = readdirSync(join(root, 'src'), { recursive: true }).filter((file) => /\.c?ts$/.test(file));
  const hash = createHash('sha256');
  for (const file of [...BESIDES_SRC, ...sources.sort().map((source) => join('src', source))]) {
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(root, file)))
      .update('\0');
  }
  return hash.digest('hex');
}
