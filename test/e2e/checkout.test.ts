import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from '@jest/globals';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

let checkout: string;
beforeEach(async () => {
  checkout = await mkdtemp(join(tmpdir(), 'understudy-checkout-'));
  for (const part of ['bin', 'scripts', 'src', 'package.json', 'package-lock.json']) {
    await cp(join(ROOT, part), join(checkout, part), { recursive: true });
  }
});
afterEach(() => rm(checkout, { recursive: true }));

it('a command installs nothing by itself, and says how to', async () => {
  const before = await readdir(checkout);
  await mkdir(join(checkout, 'node_modules'));
  const started = promisify(execFile)(process.execPath, [join(checkout, 'bin', 'understudy.mjs'), '--version']);
  await expect(started).rejects.toMatchObject({
    code: 2,
    stdout: '',
    stderr: 'The dependencies are not those of package-lock.json; install them with: npm ci\n',
  });
  expect(await readdir(join(checkout, 'node_modules'))).toEqual([]);
  expect(await readdir(checkout)).toEqual([...before, 'node_modules'].sort());
});
