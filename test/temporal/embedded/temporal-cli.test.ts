import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { goBuild } from '../../../src/temporal/embedded/go-build.js';
import { executableOnPath } from '../../../src/temporal/embedded/executable.js';
import { SetupError } from '../../../src/temporal/setup-error.js';
import { temporalCli, type TemporalCliOptions } from '../../../src/temporal/embedded/temporal-cli.js';
import { writeExecutable } from '../../support/executables.js';

/** Sends the download to a port that refuses, on a machine with a network too. */
const NO_NETWORK = { HTTPS_PROXY: 'http://127.0.0.1:9', HTTP_PROXY: 'http://127.0.0.1:9' };
/** Finds the `-o FILE` among its arguments and makes an executable of it, in place of the five minutes of the real one. */
const FAKE_GO = `
echo started >> "$0.log"
while [ "$1" != -o ]; do shift; done
sleep 0.3
printf '#!/bin/sh\\necho built' > "$2"
chmod +x "$2"`;

let home: string;
let said: string[];
let options: TemporalCliOptions;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'understudy-cli-'));
  said = [];
  options = {
    cliPath: undefined,
    searchPath: join(home, 'bin'),
    cacheDir: join(home, 'cache'),
    env: { ...process.env, ...NO_NETWORK },
    say: (line) => said.push(line),
  };
});

afterEach(() => rm(home, { recursive: true }));

const pinned = () => join(home, 'cache', 'temporal-cli-1.8.2', 'temporal');

it('takes the binary that TEMPORAL_CLI_PATH names before any other', async () => {
  await writeExecutable(join(home, 'bin', 'temporal'), '');
  const named = await writeExecutable(join(home, 'named'), '');
  await expect(temporalCli({ ...options, cliPath: named })).resolves.toBe(named);
});

it('says that TEMPORAL_CLI_PATH is wrong instead of looking elsewhere', async () => {
  await writeExecutable(join(home, 'bin', 'temporal'), '');
  const missing = temporalCli({ ...options, cliPath: join(home, 'missing') });
  await expect(missing).rejects.toThrow(SetupError);
  await expect(missing).rejects.toThrow(/TEMPORAL_CLI_PATH is .*missing, which is not an executable file/);
});

it('takes an empty TEMPORAL_CLI_PATH as unset, and the PATH before the cache', async () => {
  const onPath = await writeExecutable(join(home, 'bin', 'temporal'), '');
  await writeExecutable(pinned(), '');
  await expect(temporalCli({ ...options, cliPath: '' })).resolves.toBe(onPath);
});

it('takes what an earlier start left in the cache', async () => {
  await writeExecutable(pinned(), '');
  await expect(temporalCli(options)).resolves.toBe(pinned());
  expect(said).toEqual([]);
});

it('builds with Go, once for all who wait, when nothing can be downloaded', async () => {
  const go = await writeExecutable(join(home, 'bin', 'go'), FAKE_GO);
  const [first, second] = await Promise.all([temporalCli(options), temporalCli(options)]);
  expect([first, second]).toEqual([pinned(), pinned()]);
  expect(await readFile(`${go}.log`, 'utf8')).toBe('started\n');
  expect(said.join('\n')).toMatch(/building it with Go, once, about 5 minutes/);
  expect(said.join('\n')).toMatch(/Waiting for process \d+/);
});

it('goes on where a process died with the work half done', async () => {
  await writeExecutable(join(home, 'bin', 'go'), FAKE_GO);
  await writeExecutable(`${pinned()}.lock`, '');
  await writeFile(`${pinned()}.lock`, `${hostname()} 999999999 dead`);
  await expect(temporalCli(options)).resolves.toBe(pinned());
});

it('says what was tried and what to install when there is no way to a server', async () => {
  const nothing = temporalCli(options);
  await expect(nothing).rejects.toThrow(SetupError);
  await expect(nothing).rejects.toThrow(
    /no temporal on the PATH; the download failed \(.+\); .*no go on the PATH.*\nInstall the Temporal CLI or Go 1\.\d+.*, or set TEMPORAL_CLI_PATH .* TEMPORAL_ADDRESS/,
  );
});

it('gives the reason when Go cannot build it', async () => {
  await writeExecutable(
    join(home, 'bin', 'go'),
    'echo "go: go.mod requires go >= 1.26.4 (running go 1.22.0)" >&2; exit 1',
  );
  await expect(temporalCli(options)).rejects.toThrow(/cannot build it \(go: go.mod requires go >= 1.26.4/);
});

it('stops the build when it is aborted', async () => {
  await writeExecutable(join(home, 'bin', 'go'), 'exec sleep 60');
  const aborting = new AbortController();
  const say = (line: string) => {
    if (line.startsWith('Building')) aborting.abort();
  };
  await expect(temporalCli({ ...options, say, signal: aborting.signal })).rejects.toThrow(/abort/i);
});

const go = await executableOnPath('go', process.env.PATH);
const itBuilds = go === undefined ? it.skip : it; // Go is optional for whoever has a Temporal binary

itBuilds('builds a module to an executable, and leaves nothing when its source is wrong', async () => {
  await writeFile(join(home, 'go.mod'), 'module example.local/tiny\n\ngo 1.20\n');
  await writeFile(join(home, 'main.go'), 'package main\n\nfunc main() { println("built") }\n');
  const build = {
    go: String(go),
    moduleDir: home,
    packagePath: '.',
    env: process.env,
    say: () => undefined,
    signal: undefined,
  };
  await goBuild({ ...build, output: join(home, 'tiny') });
  expect((await readFile(join(home, 'tiny'))).length).toBeGreaterThan(100_000);

  await writeFile(join(home, 'main.go'), 'package main\n\nfunc main() { undefinedFunction() }\n');
  await expect(goBuild({ ...build, output: join(home, 'broken') })).rejects.toThrow(/undefined: undefinedFunction/);
  await expect(readFile(join(home, 'broken'))).rejects.toThrow('ENOENT');
});
