import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { freePorts } from './free-ports.js';
import { until } from './until.js';

const RULES = fileURLToPath(new URL('../../deploy/prometheus/rules.yml', import.meta.url));

const answer = z.object({
  status: z.literal('success'),
  data: z.object({
    result: z.array(z.object({ metric: z.record(z.string(), z.string()), value: z.tuple([z.number(), z.string()]) })),
  }),
});
const alerts = z.object({
  data: z.object({ alerts: z.array(z.object({ labels: z.record(z.string(), z.string()), state: z.string() })) }),
});

/** A series, and its latest value. */
export interface Sample {
  labels: Record<string, string>;
  value: number;
}

/** Debian's Prometheus, with our rules. */
export interface Prometheus {
  query(expression: string): Promise<Sample[]>;
  /** Names of the alerts that fire. */
  firing(): Promise<string[]>;
  close(): Promise<void>;
}

/** @param targets `host:port` of workers @param forMs in place of each alert's own patience */
export async function startPrometheus(targets: readonly string[], forMs: number): Promise<Prometheus> {
  const folder = await mkdtemp(join(tmpdir(), 'understudy-prometheus-'));
  const rules = (await readFile(RULES, 'utf8')).replace(/for: \d+m/g, `for: ${forMs}ms`);
  await writeFile(join(folder, 'rules.yml'), rules);
  await writeFile(
    join(folder, 'prometheus.yml'),
    JSON.stringify({
      global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
      rule_files: [join(folder, 'rules.yml')],
      scrape_configs: [{ job_name: 'understudy', static_configs: [{ targets }] }],
    }),
  );
  const [port] = await freePorts();
  const child = spawn(
    'prometheus',
    [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { stdio: 'ignore' },
  );
  const exited = once(child, 'exit');
  const url = `http://127.0.0.1:${port}`;
  await until(async () => (await fetch(`${url}/-/ready`).catch(() => undefined))?.ok === true);
  return {
    async query(expression) {
      const response = await fetch(`${url}/api/v1/query?${new URLSearchParams({ query: expression }).toString()}`);
      const { result } = answer.parse(await response.json()).data;
      return result.map(({ metric, value: [, value] }) => ({ labels: metric, value: Number(value) }));
    },
    async firing() {
      const { data } = alerts.parse(await (await fetch(`${url}/api/v1/alerts`)).json());
      return data.alerts.filter(({ state }) => state === 'firing').map(({ labels }) => labels.alertname ?? '');
    },
    async close() {
      child.kill('SIGTERM');
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
