import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Analysis } from '../../src/domain/analyze/analysis.js';
import { PROBE_TEXT } from '../../src/domain/outage/outage.js';
import { until } from '../support/until.js';
import { untilNoOutage } from './no-outage.js';
import { start, TEXT, timed, type Runs } from './runs.js';
import type { Stage } from './stage.js';
import { median } from './statistics.js';
import { ms, print } from './table.js';

const RUNS = 150;
const RUN_EVERY_MS = 150;
const SEED = 7;
const OUTAGES_LAST_MS = [4_000, 12_000, 20_000];

/**
 * Calls that a vendor with 30 % random failures wastes. Failures that are about one request, such as a 422, open no
 * outage: they are what the same failures would cost without outages.
 */
export async function wastedCalls(stage: Stage): Promise<void> {
  for (const [fault, how] of [
    ['500', 'with outages'],
    ['422', 'without'],
  ] as const) {
    await stage.control({ name: 'openai', random: { probability: 0.3, seed: SEED, faults: [fault] } });
    const before = (await stage.log()).length;
    const runs: Promise<Analysis>[] = [];
    for (let run = 0; run < RUNS; run++) {
      runs.push(analyzed(stage));
      await sleep(RUN_EVERY_MS);
    }
    const byPrimary = (await Promise.all(runs)).filter((analysis) => summarizedBy(analysis) === 'openai').length;
    await stage.control({ name: 'openai', random: null });
    const asked = (await stage.log()).slice(before).filter(({ name }) => name === 'openai');
    const failed = asked.filter((request) => request.fault === fault).length;
    const probes = asked.filter(({ text }) => text === PROBE_TEXT).length;
    await untilNoOutage(stage);
    print({
      measure: `30 % random failures, ${how}`,
      ours: `${failed} wasted of ${asked.length} calls (${probes} probes), ${byPrimary} of ${RUNS} runs by the primary`,
    });
  }
}

/** From the moment at which a vendor is well again until it answers a run. */
export async function recovery(stage: Stage): Promise<void> {
  for (const lastsMs of OUTAGES_LAST_MS) {
    await stage.control({ name: 'openai', always: '500' });
    const beganAtMs = performance.now();
    while (performance.now() - beganAtMs < lastsMs) await Promise.all([analyzed(stage), sleep(RUN_EVERY_MS)]);
    await stage.control({ name: 'openai', always: null });
    const recoveredAtMs = performance.now();
    while (summarizedBy(await analyzed(stage)) !== 'openai') await sleep(RUN_EVERY_MS);
    const took = (performance.now() - recoveredAtMs) / 1_000;
    print({
      measure: `first answer of the primary after ${lastsMs / 1_000} s of outage`,
      ours: `${took.toFixed(1)} s`,
      target: '≤ 30 s',
    });
    await untilNoOutage(stage);
  }
}

/** Starting them is work for the server, which goes on for a while. */
const SETTLES_MS = 10_000;
const AWAY = { summarize: ['away'], sentiment: ['away'] };

/** Latency of a run while others wait for a provider that an operator has closed. */
export async function latencyBesideWaiting(runs: Runs, stage: Stage): Promise<void> {
  const report = {
    provider: 'away',
    task: 'sentiment',
    timeoutMs: 2_000,
    failure: { kind: 'Unavailable', message: '' },
  };
  const { workflow } = stage.client;
  const outage = await workflow.signalWithStart('outage', {
    workflowId: 'outage/away',
    taskQueue: 'understudy',
    args: [report],
    signal: 'close',
    signalArgs: ['measuring'],
  });
  await sleep(1_500); // for as long as a worker remembers that there was no outage, and some more
  let waiting = 0;
  let alone: number | undefined;
  for (const many of [1, 100, 1_000]) {
    const ids = Array.from({ length: many - waiting }, () => `waiting/${randomUUID()}`);
    for (let at = 0; at < ids.length; at += 20) {
      await Promise.all(ids.slice(at, at + 20).map((id) => start(stage.client, { text: TEXT, routes: AWAY }, id)));
    }
    await until(
      async () => (await workflow.getHandle(ids.at(-1) ?? '').query<Status>('status')).waitingFor !== undefined,
    );
    waiting = many;
    await sleep(SETTLES_MS);
    const [ours, bare]: [number[], number[]] = [[], []];
    for (let turn = 0; turn < 40; turn++) {
      ours.push(await timed(runs.ours));
      bare.push(await timed(runs.bare));
    }
    const row = { ours: ms(median(ours)), bare: ms(median(bare)) };
    alone ??= median(ours);
    print({ measure: `latency p50 beside ${many.toLocaleString('en')} waiting runs`, ...row });
    if (many > 1) {
      const ratio = (median(ours) / alone).toFixed(2);
      print({ measure: '  beside that with 1', ours: '', ratio, target: many === 1_000 ? '≤ 1.2' : '' });
    }
  }
  await outage.signal('open');
}

interface Status {
  waitingFor?: unknown;
}

async function analyzed({ client }: Stage): Promise<Analysis> {
  return (await start(client, { text: TEXT })).result();
}

function summarizedBy({ attempts }: Analysis): string | undefined {
  return attempts.find(({ task, outcome }) => task === 'summarize' && outcome === 'ok')?.provider;
}
