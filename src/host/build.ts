import { readFileSync } from 'node:fs';
import { packageFile } from '../package-root.js';

const HASH_CHARS = 10;

/** Version and source hash of what runs here, like `0.1.0 (1f2e3d4c5b)`. */
export function buildOfThis(): string {
  const { version } = JSON.parse(readFileSync(packageFile('package.json'), 'utf8')) as { version: string };
  return `${version} (${readFileSync(packageFile('dist/source-hash'), 'utf8').slice(0, HASH_CHARS)})`;
}
