import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { releaseDownload } from '../../../src/temporal/embedded/release-download.js';
import { pinnedRelease } from '../../../src/temporal/embedded/temporal-cli.js';
import { writeExecutable } from '../../support/executables.js';

const run = promisify(execFile);

let home: string;
let archive: Buffer;
let server: Server;
let answer: (response: ServerResponse) => void;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'understudy-release-'));
  await writeExecutable(join(home, 'made', 'temporal'), 'echo released');
  await run('tar', ['-czf', join(home, 'made.tar.gz'), '-C', join(home, 'made'), 'temporal']);
  archive = await readFile(join(home, 'made.tar.gz'));
  answer = (response) => response.end(archive);
  server = createServer((_, response) => {
    answer(response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await rm(home, { recursive: true });
});

function download(sha256 = createHash('sha256').update(archive).digest('hex'), signal?: AbortSignal): Promise<void> {
  const { port } = server.address() as AddressInfo;
  return releaseDownload({
    url: `http://127.0.0.1:${port}/made.tar.gz`,
    sha256,
    program: 'temporal',
    output: join(home, 'temporal'),
    env: { PATH: process.env.PATH },
    say: () => undefined,
    signal,
  });
}

const leftBehind = async () => (await readdir(home)).filter((name) => !name.startsWith('made'));

it('unpacks an archive of the promised content to a program that runs', async () => {
  await download();
  expect((await run(join(home, 'temporal'))).stdout).toBe('released\n');
  expect(await leftBehind()).toEqual(['temporal']);
});

it('unpacks nothing of another content, and says what it has', async () => {
  await expect(download('0'.repeat(64))).rejects.toThrow(/its sha256 is [0-9a-f]{64}, not 0{64}/);
  expect(await leftBehind()).toEqual([]);
});

it.each<[string, (response: ServerResponse) => void, RegExp]>([
  ['a status that is none of success', (response) => response.writeHead(404).end(), /HTTP status 404/],
  [
    'a body that is cut off',
    (response) => {
      response.writeHead(200, { 'content-length': '1000000' }).write(archive.subarray(0, 10));
      setImmediate(() => response.destroy());
    },
    /closed|terminated|aborted/,
  ],
])('leaves nothing behind after %s', async (_, reply, reason) => {
  answer = reply;
  await expect(download()).rejects.toThrow(reason);
  expect(await leftBehind()).toEqual([]);
});

it('stops when it is told to', async () => {
  const leaving = new AbortController();
  answer = (response) => {
    response.writeHead(200).write('a');
    leaving.abort(new Error('Ctrl-C'));
  };
  await expect(download(undefined, leaving.signal)).rejects.toThrow('Ctrl-C');
  expect(await leftBehind()).toEqual([]);
});

describe('the release of a platform', () => {
  it.each([
    ['linux', 'x64', 'linux_amd64'],
    ['linux', 'arm64', 'linux_arm64'],
    ['darwin', 'x64', 'darwin_amd64'],
    ['darwin', 'arm64', 'darwin_arm64'],
  ])('%s on %s is known by its sha256', async (platform, architecture, name) => {
    const goMod = await readFile('tools/temporal-cli/go.mod', 'utf8');
    const [, version = ''] = /github\.com\/temporalio\/cli v(\S+)/.exec(goMod) ?? [];
    const release = await pinnedRelease(version, platform, architecture);
    expect(release.url).toBe(
      `https://github.com/temporalio/cli/releases/download/v${version}/temporal_cli_${version}_${name}.tar.gz`,
    );
    expect(release.sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it('is not downloaded where it is not known', async () => {
    await expect(pinnedRelease('1.8.2', 'aix', 'ppc64')).rejects.toThrow(
      'no checksum is known of temporal_cli_1.8.2_aix_ppc64.tar.gz',
    );
    await expect(pinnedRelease('99.0.0', 'linux', 'x64')).rejects.toThrow('no checksum is known');
  });
});
