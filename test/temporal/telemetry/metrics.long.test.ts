import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import type { OutageHistory } from '../../../src/workflows/outage/outage.js';
import { freePorts } from '../../support/free-ports.js';
import type { FakeProviders, LoggedRequest } from '../../support/fake-providers.js';
import { openFleet, type Fleet } from '../../support/fleet.js';
import { configFor } from '../../support/rig.js';
import { startPrometheus, type Prometheus } from '../../support/prometheus.js';
import { until } from '../../support/until.js';

const DEPLOY = new URL('../../../deploy/', import.meta.url);
const readDeployed = (file: string) => readFileSync(new URL(file, DEPLOY), 'utf8');

/** Debian's package `prometheus`. */
const itScrapes = spawnSync('prometheus', ['--version']).status === 0 ? it : it.skip;

/** Longer than a summary, so that each call is a request. */
const TEXT = 'The food was great, and the people in the kitchen told us how they make it. '.repeat(12);
/** Prometheus looks every second. */
const SCRAPED_WITHIN_MS = 15_000;

/** A vendor that counts no tokens and takes no money, so that the cost of every run is known. */
const pricedConfig = (fake: FakeProviders) => {
  const free = 'price: { inputPerMillionTokens: 0, outputPerMillionTokens: 0 }';
  return configFor(fake).replace('timeoutMs: 2000 }', `timeoutMs: 2000, ${free} }`);
};

/** The vendor's bill: a millionth of a dollar for a token that it read, two for one that it wrote. */
function billOf(requests: readonly LoggedRequest[]): number {
  const answered = requests.filter(({ name, fault, billed }) => name === 'openai' && billed && fault === 'ok');
  return answered.reduce((total, { characters }) => total + 50 + Math.ceil(characters / 4) + 2 * 20, 0);
}

let fleet: Fleet;
let prometheus: Prometheus | undefined;
beforeAll(async () => {
  fleet = await openFleet({ workers: 0, config: pricedConfig });
  const pages = (await freePorts()).map((port) => `127.0.0.1:${port}`);
  for (const page of pages) await fleet.addWorker({ UNDERSTUDY_METRICS_LISTEN: page });
  if (itScrapes !== it.skip) prometheus = await startPrometheus(pages, 500);
}, 120_000);
afterAll(async () => {
  await prometheus?.close();
  await fleet.close();
});

function dashboardQueries(): string[] {
  const { panels } = JSON.parse(readDeployed('grafana/dashboards/understudy.json')) as {
    panels: { targets: { expr: string }[] }[];
  };
  return panels.flatMap(({ targets }) => targets.map(({ expr }) => expr.replaceAll('$__rate_interval', '2m')));
}

function alertQueries(): string[] {
  const { groups } = parse(readDeployed('prometheus/rules.yml')) as { groups: { rules: { expr: string }[] }[] };
  return groups.flatMap(({ rules }) => rules.map(({ expr }) => expr));
}

itScrapes(
  'a real Prometheus finds in two workers what the vendors saw, and its alert fires and resolves with the outage',
  async () => {
    if (!prometheus) throw new Error('Prometheus did not start');
    const at = prometheus;
    const query = (expression: string) => at.query(expression);
    const firing = () => at.firing();
    const sum = async (expression: string) => (await query(`sum(${expression})`))[0]?.value ?? 0;
    const run = async (count: number) => {
      const outcomes = [];
      for (let i = 0; i < count; i += 1) outcomes.push(await fleet.run({ text: TEXT }));
      return outcomes;
    };

    const results = await run(4);
    fleet.fake.script('openai', ['invalid-json'], 'summarize'); // an answer came, and nobody knows what it cost
    results.push(...(await run(2)));
    fleet.fake.always('openai', '503');
    results.push(...(await run(6)));
    await until(async () => (await firing()).includes('UnderstudyProviderOut'), 60_000);
    results.push(...(await run(2)));

    const unit = fleet.unit('openai');
    const outage = fleet.client.workflow.getHandle(`outage/${unit}`);
    const isTold = (name: string | null | undefined) => name === 'callsSaved';
    await until(async () => {
      const { events } = await outage.fetchHistory();
      return events?.some((each) => isTold(each.workflowExecutionSignaledEventAttributes?.signalName)) ?? false;
    });
    fleet.fake.always('openai', undefined);
    await outage.signal('open');
    const { callsSaved } = (await outage.result()) as OutageHistory;
    expect(callsSaved).toBeGreaterThan(0);
    results.push(...(await run(4)));
    await until(async () => !(await firing()).includes('UnderstudyProviderOut'), 60_000);

    // Each figure is the vendors' own, or what the runs' results say.
    await until(async () => (await sum('understudy_runs_total')) === results.length);
    for (const name of ['openai', 'huggingface']) {
      const asked = fleet.fake.requestsTo(name).length;
      const counted = `understudy_calls_total{provider="${name}"}`;
      await until(async () => (await sum(counted)) === asked, SCRAPED_WITHIN_MS).catch(async () => {
        const requests = fleet.fake.requestsTo(name).map(({ task, fault, status }) => [task, fault, status]);
        throw new Error(JSON.stringify({ asked, requests, counted: await query(counted) }));
      });
    }
    const { log } = fleet.fake;
    const countedAs = (kind: string) => `understudy_calls_total{failure="${kind}"}`;
    expect(await sum(countedAs('Unavailable'))).toBe(log.filter(({ status }) => status === 503).length);
    expect(await sum(countedAs('BadOutput'))).toBe(log.filter(({ fault }) => fault === 'invalid-json').length);
    const attempts = results.flatMap((each) => each.attempts);
    const costUsd = attempts.reduce((total, each) => total + (each.costUsd ?? 0), 0);
    const counted = await sum('understudy_cost_microdollars_total');
    expect(log.length).toBeGreaterThan(fleet.requestsOfRuns().length); // there were probes, whose cost is counted too
    expect(Math.abs(counted - billOf(log))).toBeLessThanOrEqual(4); // a remainder a worker and task
    expect(costUsd * 1e6).toBeCloseTo(billOf(fleet.requestsOfRuns()), 6);
    const doubtful = attempts.filter(({ possiblyPaid }) => possiblyPaid).length;
    expect(doubtful).toBe(1);
    expect(await sum('understudy_possibly_paid_calls_total')).toBe(doubtful);

    const isEmpty = async (expression: string) => (await query(expression)).length === 0;
    for (const expression of dashboardQueries()) {
      await until(async () => !(await isEmpty(expression)), SCRAPED_WITHIN_MS).catch(() => {
        throw new Error(`no data for ${expression}`);
      });
    }
    // An alert that does not fire gives nothing; what it looks at has to be there.
    for (const expression of alertQueries()) {
      for (const metric of expression.match(/\b(understudy_[a-z_]+|temporal_[a-z_]+|up)\b/g) ?? []) {
        expect({ metric, isEmpty: await isEmpty(metric) }).toEqual({ metric, isEmpty: false });
      }
    }
  },
  240_000,
);

it('each alert has a test of its rule', () => {
  const { groups } = parse(readDeployed('prometheus/rules.yml')) as { groups: { rules: { alert: string }[] }[] };
  const tests = readDeployed('prometheus/rules.test.yml');
  for (const { alert } of groups.flatMap(({ rules }) => rules)) expect(tests).toMatch(new RegExp(`\\b${alert}\\b`));
});

(spawnSync('promtool', ['--version']).status === 0 ? it : it.skip)('the rules hold what their tests say', () => {
  const { status, stderr, stdout } = spawnSync('promtool', ['test', 'rules', 'rules.test.yml'], {
    cwd: fileURLToPath(new URL('prometheus/', DEPLOY)),
    encoding: 'utf8',
  });
  expect({ status, told: status === 0 ? '' : stdout + stderr }).toEqual({ status: 0, told: '' });
});
