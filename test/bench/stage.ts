import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { machine } from '../../src/config/config.js';
import { parseConfig } from '../../src/config/config-schema.js';
import { dataConverterFor } from '../../src/temporal/codec/data-converter.js';
import { startDevServer } from '../../src/temporal/embedded/dev-server.js';
import { temporalCli } from '../../src/temporal/embedded/temporal-cli.js';
import { embeddedPort } from '../support/command-line.js';
import type { LoggedRequest } from '../support/fake-providers.js';
import type { Command } from '../support/fault-plan.js';
import type { BareCall } from './bare-activities.js';
import { startProgram } from './program.js';

const TYPESCRIPT = ['--import', './test/support/register-typescript.mjs'];
const SEALED = 'sealed';
const TELLING = 'telling';
const KEYS = {
  OPENAI_API_KEY: 'sk-bench-0123456789abcdef',
  HF_API_TOKEN: 'hf_bench_0123456789abcdef',
  BENCH_KEY: 'ab'.repeat(32),
};

const ENCRYPTION = 'encryption: { keys: [{ id: bench, env: BENCH_KEY }] }\n';

/** One embedded server; our worker, the bare one and the fake vendors in processes of their own. */
export interface Stage {
  client: Client;
  /** Of a namespace whose worker, and this client, encrypt. */
  sealed: Client;
  /** Of a namespace whose worker tells all it can; started when it is asked for. */
  telling(): Promise<Client>;
  /** The same fake vendors that our worker asks. */
  vendors: NonNullable<BareCall['vendors']>;
  control(command: Command): Promise<void>;
  /** What the fake vendors were asked. */
  log(): Promise<LoggedRequest[]>;
  close(): Promise<void>;
}

/** On a file, as `understudy run` has its server. @param profileTo a folder for CPU profiles of both workers */
export async function openStage(profileTo?: string): Promise<Stage> {
  const profile = profileTo === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileTo}`];
  const home = await mkdtemp(join(tmpdir(), 'understudy-bench-'));
  const { temporalCliPath: cliPath, searchPath, cacheDir, childEnv: env } = machine();
  const binary = await temporalCli({ cliPath, searchPath, cacheDir, env, say: console.error });
  const dbFile = join(home, 'temporal.db');
  const port = await embeddedPort();
  const server = await startDevServer({
    binary,
    port,
    uiPort: undefined,
    dbFile,
    namespaces: ['default', SEALED, TELLING],
    env,
  });
  const { address } = server;

  const fake = await startProgram([...TYPESCRIPT, 'test/support/serve-fake-providers.ts'], env);
  const url = fake.readyLine.replace('ready ', '');
  const vendors = { openaiUrl: `${url}/openai/v1`, huggingFaceUrl: `${url}/huggingface` };
  const config = join(home, 'understudy.yaml');
  await writeFile(config, configFor(vendors));
  const sealedConfig = join(home, 'sealed.yaml');
  await writeFile(sealedConfig, `${configFor(vendors)}${ENCRYPTION}`);
  const ours = { ...env, ...KEYS, TEMPORAL_ADDRESS: address, UNDERSTUDY_CONFIG: config };
  const inSealed = { TEMPORAL_NAMESPACE: SEALED };
  const programs = [
    await startProgram([...profile, 'dist/client.js', 'worker'], ours),
    await startProgram(['dist/client.js', 'worker'], { ...ours, ...inSealed, UNDERSTUDY_CONFIG: sealedConfig }),
    await startProgram([...profile, ...TYPESCRIPT, 'test/bench/bare-worker.ts', address], env),
    fake,
  ];
  const connection = await Connection.connect({ address });
  process.env.BENCH_KEY = KEYS.BENCH_KEY;
  const dataConverter = dataConverterFor(parseConfig(ENCRYPTION, 'the bench'), 'client');

  return {
    client: new Client({ connection }),
    sealed: new Client({ connection, namespace: SEALED, dataConverter }),
    async telling() {
      const receiver = await startProgram([...TYPESCRIPT, 'test/bench/trace-receiver.ts'], env);
      const told = join(home, 'telling.yaml');
      await writeFile(
        told,
        `${configFor(vendors)}notices: [{ webhook: "${receiver.readyLine.replace('ready ', '')}" }]\n`,
      );
      const worker = await startProgram(['dist/client.js', 'worker'], {
        ...ours,
        TEMPORAL_NAMESPACE: TELLING,
        UNDERSTUDY_CONFIG: told,
        UNDERSTUDY_METRICS_LISTEN: `127.0.0.1:${await embeddedPort()}`,
        OTEL_EXPORTER_OTLP_ENDPOINT: receiver.readyLine.replace('ready ', ''),
        LOG_FORMAT: 'json',
      });
      programs.unshift(worker, receiver);
      return new Client({ connection, namespace: TELLING });
    },
    vendors,
    async control(command) {
      await fetch(`${url}/control`, { method: 'POST', body: JSON.stringify(command) });
    },
    async log() {
      return (await (await fetch(`${url}/log`)).json()) as LoggedRequest[];
    },
    async close() {
      await connection.close();
      for (const program of programs) await program.stop();
      await server.stop();
      await rm(home, { recursive: true });
    },
  };
}

/** The default routes, and one that none of them names; no requestsPerSecond, which would limit what is measured. */
function configFor({ openaiUrl, huggingFaceUrl }: Stage['vendors']): string {
  return `
providers:
  openai: { kind: openai, baseUrl: "${openaiUrl}", price: { inputPerMillionTokens: 1, outputPerMillionTokens: 2 } }
  huggingface: { kind: huggingface, baseUrl: "${huggingFaceUrl}" }
  away: { kind: openai, baseUrl: "${openaiUrl}" }
network: { allowHosts: [127.0.0.1] }
`;
}
