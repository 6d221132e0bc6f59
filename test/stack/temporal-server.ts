import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { machine } from '../../src/config/config.js';
import { temporalCli } from '../../src/temporal/embedded/temporal-cli.js';
import type { Stack } from './compose.js';
import { Program, run } from './programs.js';

/** `STACK_SERVER=temporal-server-1.32`: the version that this module pins, in place of the embedded server's. */
const MODULE = fileURLToPath(new URL(`../../tools/${process.env.STACK_SERVER ?? 'temporal-cli'}/`, import.meta.url));
const SERVER_MODULE = 'go.temporal.io/server';
const START_LIMIT_MS = 60_000;

export interface TemporalServer {
  address: string;
  namespace: string;
  start(): Promise<void>;
  kill(): Promise<void>;
  stop(): Promise<void>;
}

interface Surroundings {
  stack: Stack;
  folder: string;
  /** Of the frontend; those of the other roles follow it. */
  port: number;
  databasePort: number;
  /** Of the server's and the clients' sides. */
  tls: { server: Record<string, string>; client: Record<string, string> };
}

/** The production server, all roles in one process, as the compose file sets it up: schema, server, namespace. */
export async function startTemporalServer({
  stack,
  folder,
  port,
  databasePort,
  tls,
}: Surroundings): Promise<TemporalServer> {
  const { server, tools } = builtServer();
  const env = { PATH: `${tools}:${dirname(await cli())}:${String(process.env.PATH)}` };
  const database = { SQL_HOST: '127.0.0.1', SQL_PORT: String(databasePort) };
  const schemas = join(run('go', ['list', '-m', '-f', '{{.Dir}}', SERVER_MODULE], { cwd: MODULE }).trim(), 'schema');
  const schema = stack.schema.script.replaceAll('/etc/temporal/schema', schemas);
  run('sh', ['-euc', schema], { env: { ...stack.schema.environment, ...database, ...env } });

  const dynamicConfig = join(folder, 'dynamic-config.yaml');
  writeFileSync(dynamicConfig, stack.dynamicConfig);
  const address = `127.0.0.1:${port}`;
  const program = new Program(join(folder, 'temporal.log'), server, ['--allow-no-auth', 'start'], {
    cwd: folder,
    env: {
      ...env,
      ...stack.temporal.environment,
      ...{ POSTGRES_SEEDS: '127.0.0.1', DB_PORT: String(databasePort), BIND_ON_IP: '127.0.0.1' },
      ...{ DYNAMIC_CONFIG_FILE_PATH: dynamicConfig, ...portsFrom(port), ...tls.server },
    },
  });
  const commandEnv = { ...stack.namespace.environment, TEMPORAL_ADDRESS: address, HOME: folder, ...tls.client, ...env };
  const namespace = String(stack.namespace.environment.TEMPORAL_NAMESPACE);

  async function start(): Promise<void> {
    program.start();
    const giveUpAtMs = Date.now() + START_LIMIT_MS;
    for (;;) {
      try {
        run('sh', ['-euc', stack.namespace.script], { env: commandEnv, timeout: 20_000 });
        return;
      } catch (error) {
        if (Date.now() > giveUpAtMs)
          throw new Error(`the server does not start: ${program.lastWords()}`, { cause: error });
        await sleep(300);
      }
    }
  }
  await start();
  return { address, namespace, start, kill: () => program.kill(), stop: () => program.stop() };
}

/** Ports that the compose file leaves as they are, out of the way of a server that runs here. */
function portsFrom(port: number): Record<string, string> {
  const names = ['FRONTEND_HTTP', 'FRONTEND_MEMBERSHIP', 'MATCHING_GRPC', 'MATCHING_MEMBERSHIP', 'HISTORY_GRPC'];
  const more = ['HISTORY_MEMBERSHIP', 'WORKER_GRPC', 'WORKER_MEMBERSHIP'];
  const entries = [...names, ...more].map((name, at) => [`${name}_PORT`, String(port + 1 + at)] as const);
  return { FRONTEND_GRPC_PORT: String(port), ...Object.fromEntries(entries) };
}

async function cli(): Promise<string> {
  const { temporalCliPath: cliPath, searchPath, cacheDir, childEnv: env } = machine();
  return temporalCli({ cliPath, searchPath, cacheDir, env, say: console.error });
}

/** Built once from the pinned module, into the cache. Without -trimpath: then it shares what the embedded server's build left. */
function builtServer(): { server: string; tools: string } {
  const [, version = ''] =
    new RegExp(`${SERVER_MODULE} (v\\S+)`).exec(readFileSync(join(MODULE, 'go.mod'), 'utf8')) ?? [];
  const tools = join(machine().cacheDir, `temporal-server-${version}`);
  mkdirSync(tools, { recursive: true });
  const built = (name: string, path: string): string => {
    const output = join(tools, name);
    if (existsSync(output)) return output;
    console.error(`Building ${name} ${version}, once, some minutes …`);
    const partial = `${output}.${process.pid}`;
    run('go', ['build', '-ldflags', '-s -w', '-o', partial, `${SERVER_MODULE}/${path}`], { cwd: MODULE });
    renameSync(partial, output);
    return output;
  };
  built('temporal-sql-tool', 'cmd/tools/sql');
  return { server: built('temporal-server', 'cmd/server'), tools };
}
