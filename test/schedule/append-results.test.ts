import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { appendFile, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootedAt } from '../../src/activities/files/rooted.js';
import { appendResults } from '../../src/activities/schedule/sinks/append-results.js';
import type { Delivery } from '../../src/domain/schedule/delivery.js';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'understudy-sinks-'));
});
afterEach(() => rm(root, { recursive: true }));

const result = (id: string): Delivery => ({ id, schedule: 's', costUsd: 0, error: { type: 'X', message: 'ü "\n"' } });
const append = (...ids: string[]) => appendResults(rootedAt(root), 'out.jsonl', ids.map(result));
const ids = async () =>
  (await readFile(join(root, 'out.jsonl'), 'utf8'))
    .split('\n')
    .filter(Boolean)
    .map((line) => (JSON.parse(line) as Delivery).id);

describe('a file of results', () => {
  it('has each result once, however often it is delivered', async () => {
    await append('s/1', 's/2');
    await append('s/2', 's/3');
    await append('s/1', 's/2', 's/3');
    expect(await ids()).toEqual(['s/1', 's/2', 's/3']);
  });

  it('has each result once when several deliver at the same time', async () => {
    await Promise.all(Array.from({ length: 20 }, (_, n) => append(`s/${n % 5}`, 's/x')));
    expect((await ids()).sort()).toEqual(['s/0', 's/1', 's/2', 's/3', 's/4', 's/x']);
    expect(await readdir(root)).toEqual(['out.jsonl']);
  });

  it('loses the half of a line that a killed worker left', async () => {
    await append('s/1');
    await appendFile(join(root, 'out.jsonl'), JSON.stringify(result('s/2')).slice(0, -3));
    await append('s/2');
    expect(await ids()).toEqual(['s/1', 's/2']);
  });

  it('keeps what others wrote, and reads lines that are longer than a chunk', async () => {
    const foreign = `{"id":"long","text":"${'x'.repeat(3_000_000)}"}\n`;
    await writeFile(join(root, 'out.jsonl'), foreign);
    await append('long', 's/1');
    expect(await ids()).toEqual(['long', 's/1']);
  });

  it('goes on behind a last line that has no line break, and counts it', async () => {
    await writeFile(join(root, 'out.jsonl'), JSON.stringify(result('s/1')));
    await append('s/1', 's/2');
    expect(await ids()).toEqual(['s/1', 's/2']);
  });

  it('is not made of a file of something else', async () => {
    await writeFile(join(root, 'out.jsonl'), 'Notes of mine,\nwhich nobody may cut');
    await expect(append('s/1')).rejects.toMatchObject({ type: 'InvalidInput' });
    expect(await readFile(join(root, 'out.jsonl'), 'utf8')).toContain('nobody may cut');
  });

  it('takes over a lock whose process died before it wrote its name', async () => {
    await writeFile(join(root, '.out.jsonl.lock'), '');
    await append('s/1');
    expect(await ids()).toEqual(['s/1']);
  });

  it('takes over the lock of a process that died, and waits for one that lives', async () => {
    const lock = join(root, '.out.jsonl.lock');
    await writeFile(lock, `${hostname()} 4194305 dead`);
    await append('s/1');
    await writeFile(lock, `${hostname()} ${process.ppid} alive`);
    const waiting = append('s/2');
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await ids()).toEqual(['s/1']);
    await rm(lock);
    await waiting;
    expect(await ids()).toEqual(['s/1', 's/2']);
  });

  it.each(['/dev/zero', '/etc/hostname'])('is not written under a lock that is a link to %s', async (target) => {
    await symlink(target, join(root, '.out.jsonl.lock'));
    await expect(append('s/1')).rejects.toMatchObject({
      type: 'InvalidInput',
      message: expect.stringContaining('in the place of a lock'),
    });
  });

  it('is written inside the root only', async () => {
    await symlink(tmpdir(), join(root, 'away'));
    await symlink('/etc/hosts', join(root, 'hosts'));
    for (const path of ['../out.jsonl', '/tmp/out.jsonl', 'away/out.jsonl', 'hosts', 'gone/out.jsonl']) {
      await expect(appendResults(rootedAt(root), path, [result('s/1')])).rejects.toMatchObject({
        type: 'InvalidInput',
      });
    }
  });
});
