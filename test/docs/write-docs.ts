import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pages, pathOf, written } from './pages.js';

/** Writes the pages that are made from the code; with `--check` it says which are not what the code says, and ends with 1. */
for (const { file, content } of await pages()) {
  if ((await written(file)) === content) continue;
  if (process.argv.includes('--check')) {
    console.error(`${file} is not what the code says; write it with: npm run docs`);
    process.exitCode = 1;
    continue;
  }
  await mkdir(dirname(pathOf(file)), { recursive: true });
  await writeFile(pathOf(file), content);
  console.error(`${file} is written`);
}
