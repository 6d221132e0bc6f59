// `npm run test:container`. Needs root on Debian; takes minutes, so it is not one of Jest's tests.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { machine } from '../../dist/config/config.js';
import { startDevServer } from '../../dist/temporal/embedded/dev-server.js';
import { temporalCli } from '../../dist/temporal/embedded/temporal-cli.js';
import { dockerCompose, hadolint, output, requirePackages, run, runs } from './container-tools.mjs';
import { buildah, buildImage } from './image-builder.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const cacheDir = join(machine().cacheDir, 'container-test');
mkdirSync(cacheDir, { recursive: true });

it('the Dockerfile passes its linter', () => {
  requirePackages(['python3-venv']);
  run(hadolint(cacheDir), [join(root, 'Dockerfile')]);
});

describe('the compose file', () => {
  let compose;
  let services;

  before(() => {
    compose = config({ POSTGRES_PASSWORD: 'chosen' });
    services = compose.services;
  });

  function config(variables) {
    const [command, ...args] = dockerCompose(cacheDir);
    const env = { PATH: process.env.PATH, HOME: process.env.HOME, ...variables };
    const options = ['--env-file', '.env.example', 'config', '--format', 'json'];
    return JSON.parse(output(command, [...args, ...options], { cwd: root, env, stdio: ['ignore', 'pipe', 'ignore'] }));
  }

  it('has no password that is not chosen', () => {
    assert.throws(() => config({}));
  });

  it('lets no service gain rights, nor take all of the machine', () => {
    for (const [name, service] of Object.entries(services)) {
      assert.deepEqual(service.security_opt, ['no-new-privileges:true'], name);
      assert.ok(service.pids_limit > 0 && service.mem_limit > 0, name);
    }
  });

  it('gives its server the dynamic configuration of the embedded one', () => {
    const { content } = compose.configs['dynamic-config'];
    for (const [key, value] of [
      ['matching.enableFairness', true],
      ['matching.numTaskqueueReadPartitions', 1],
      ['matching.numTaskqueueWritePartitions', 1],
      ['history.transferProcessorMaxPollRPS', 2000],
    ]) {
      assert.deepEqual(parse(content)[key], [{ value }], key);
    }
  });

  it('pins every image', () => {
    for (const { image } of Object.values(services)) assert.match(image, /:\d+\.\d+/);
  });

  it('has every service wait for what it needs to be healthy, or done', () => {
    const conditions = Object.values(services).flatMap(({ depends_on: needs = {} }) =>
      Object.entries(needs).map(([name, { condition }]) => [name, condition]),
    );
    assert.deepEqual(Object.fromEntries(conditions), {
      postgresql: 'service_healthy',
      schema: 'service_completed_successfully',
      temporal: 'service_healthy',
      namespace: 'service_completed_successfully',
    });
  });

  it('has a health check for whatever keeps running; the worker has its image’s', () => {
    const serving = Object.entries(services).filter(([name]) => !['schema', 'namespace', 'worker'].includes(name));
    for (const [name, { healthcheck }] of serving) assert.ok(healthcheck, name);
  });

  it('is reachable from this machine only', () => {
    const ports = Object.values(services).flatMap((service) => service.ports ?? []);
    assert.deepEqual(ports.map(({ host_ip, published }) => `${host_ip}:${published}`).sort(), [
      '127.0.0.1:7233',
      '127.0.0.1:8233',
    ]);
  });

  it('gives the keys to the worker, which may be empty, and to nobody else', () => {
    const holders = Object.entries(services).filter(([, { environment }]) => 'OPENAI_API_KEY' in environment);
    assert.deepEqual(
      holders.map(([name]) => name),
      ['worker'],
    );
    assert.equal(services.worker.environment.HF_API_TOKEN, '');
  });
});

describe('the image', () => {
  const tag = 'understudy-test';
  const store = mkdtempSync(join(cacheDir, 'store-'));
  const [command, ...options] = buildah(store);
  let container;
  let image;
  let server;
  let worker;

  before(async () => {
    requirePackages(['buildah', 'debootstrap']);
    buildImage({ root, store, cacheDir, tag });
    image = JSON.parse(output(command, [...options, 'inspect', '--type', 'image', tag])).Docker.config;
    container = output(command, [...options, 'from', '--pull-never', tag]).trim();
    server = await startServer();
  });

  after(async () => {
    // A worker left over by a failed assertion would keep this process, and with it CI, waiting for ever.
    if (worker && worker.exitCode === null) process.kill(innermostChild(worker.pid), 'SIGKILL');
    await server?.stop();
    rmSync(store, { recursive: true, force: true });
  });

  /** The command line that runs another in the container, as its user and in its folder. */
  const inContainer = (args) => [
    ...[...options, 'run', '--isolation', 'chroot', '--env', `TEMPORAL_ADDRESS=${server.address}`],
    ...[container, '--', ...args],
  ];
  const isHealthy = () => runs(command, inContainer(image.Healthcheck.Test.slice(1)));

  it('has no sources, build tools or settings of the machine that built it', () => {
    for (const file of ['src', 'node_modules/typescript', 'node_modules/jest', '.npmrc', '/root/.npmrc']) {
      assert.ok(!runs(command, inContainer(['test', '-e', file])), file);
    }
  });

  it('runs a worker that is not root, is healthy while it polls, analyzes, and ends cleanly on SIGTERM', async () => {
    assert.ok(!isHealthy(), 'healthy without a worker');

    worker = spawn(command, inContainer(image.Cmd), { stdio: ['ignore', 2, 2] });
    const ended = once(worker, 'exit');
    const giveUpAtMs = Date.now() + 60_000;
    while (!isHealthy()) {
      assert.ok(Date.now() < giveUpAtMs && worker.exitCode === null, 'never became healthy');
      await sleep(1_000);
    }
    const pid = innermostChild(worker.pid);
    assert.match(readFileSync(`/proc/${pid}/status`, 'utf8'), /^Uid:\s+1000\s+1000/m);

    const env = { ...process.env, TEMPORAL_ADDRESS: server.address };
    const text = 'The new engine is quiet and a joy to drive. Everybody who tried it was delighted.';
    const answer = output(process.execPath, [join(root, 'bin/understudy.mjs'), 'analyze', text], { env });
    assert.match(answer, /^Summary: .+\nSentiment: POSITIVE/);

    process.kill(pid, 'SIGTERM');
    assert.deepEqual(await ended, [0, null]);
  });
});

async function startServer() {
  const { temporalCliPath: cliPath, searchPath, cacheDir, childEnv: env } = machine();
  const binary = await temporalCli({ cliPath, searchPath, cacheDir, env, say: (line) => console.error(line) });
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  await once(probe.close(), 'close');
  return startDevServer({ binary, port, namespaces: ['default'], env });
}

/** buildah starts helpers that start the program, each from any of its threads; it passes no signal on. */
function innermostChild(pid) {
  const threads = readdirSync(`/proc/${pid}/task`);
  const children = threads.map((thread) => readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8'));
  const [child] = children.join('').split(' ');
  return child ? innermostChild(Number(child)) : pid;
}
