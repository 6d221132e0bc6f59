import { chownSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../support/until.js';
import type { Service } from './compose.js';
import { Program, run } from './programs.js';

const BINARIES = '/usr/lib/postgresql/15/bin';
const START_LIMIT_MS = 60_000;

export interface Database {
  port: number;
  start(): Promise<void>;
  kill(): Promise<void>;
  stop(): Promise<void>;
  /** Everything in it, as SQL. */
  dump(): string;
}

/** A cluster of its own in this folder, by Debian's PostgreSQL 15 (installed where it is missing), not as root. */
export async function startPostgresql({ environment }: Service, folder: string, port: number): Promise<Database> {
  requirePostgresql();
  const { POSTGRES_USER: user = '', POSTGRES_PASSWORD: password = '' } = environment;
  const owner = ownerOf();
  const home = join(folder, 'postgresql');
  mkdirSync(home);
  const passwordFile = join(home, 'password');
  writeFileSync(passwordFile, password);
  for (const path of [home, passwordFile]) if (owner.uid !== undefined) chownSync(path, owner.uid, owner.gid ?? 0);
  const data = join(home, 'data');
  // As the image does: over TCP with the password.
  const options = [`--username=${user}`, `--pwfile=${passwordFile}`, '--auth=scram-sha-256', '--no-instructions'];
  run(join(BINARIES, 'initdb'), ['-D', data, ...options], { cwd: home, ...owner });
  const settings = ['-p', String(port), '-k', home, '-c', 'listen_addresses=127.0.0.1'];
  const program = new Program(join(folder, 'postgresql.log'), join(BINARIES, 'postgres'), ['-D', data, ...settings], {
    cwd: home,
    ...owner,
  });
  const env = { PATH: process.env.PATH, PGPASSWORD: password };
  const database: Database = {
    port,
    async start() {
      program.start();
      const giveUpAtMs = Date.now() + START_LIMIT_MS;
      const isReady = () => accepts(port, user, env);
      while (!(await isReady())) {
        if (Date.now() > giveUpAtMs) throw new Error(`PostgreSQL does not start: ${program.lastWords()}`);
        await sleep(200);
        if (/is still in use|lock file ".*" already exists/.test(program.lastWords().slice(-400))) {
          await program.kill(); // what is left of the killed one has not gone yet
          program.start();
        }
      }
    },
    kill: () => program.kill(),
    stop: () => program.stop(),
    dump: () =>
      ['temporal', 'temporal_visibility']
        .map((name) =>
          run(join(BINARIES, 'pg_dump'), ['-h', '127.0.0.1', '-p', String(port), '-U', user, name], { env }),
        )
        .join('\n'),
  };
  await database.start();
  await until(() => listens(port));
  return database;
}

async function accepts(port: number, user: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  if (!(await listens(port))) return false;
  try {
    run(join(BINARIES, 'psql'), ['-h', '127.0.0.1', '-p', String(port), '-U', user, 'postgres', '-c', 'select 1'], {
      env,
    });
    return true;
  } catch {
    return false; // it replays its log first
  }
}

async function listens(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

function requirePostgresql(): void {
  if (existsSync(join(BINARIES, 'postgres'))) return;
  if (process.getuid?.() !== 0) throw new Error('this needs: apt-get install postgresql-15');
  run('apt-get', ['update', '-qq']);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  run('apt-get', ['install', '-qq', '--no-install-recommends', 'postgresql-15'], { env });
}

/** PostgreSQL refuses to run as root: then it is Debian's user for it. */
function ownerOf(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  return { uid: Number(run('id', ['-u', 'postgres'])), gid: Number(run('id', ['-g', 'postgres'])) };
}
