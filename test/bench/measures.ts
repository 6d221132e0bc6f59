import { until } from '../support/until.js';
import { rate, timed, type Run, type Runs } from './runs.js';
import type { Stage } from './stage.js';
import { median, percentile, spread } from './statistics.js';

/** A line of the table. */
export interface Row {
  measure: string;
  ours: string;
  bare: string;
  ratio: string;
  target: string;
}

type Name = 'ours' | 'bare' | 'bareHttp';
const NAMES = ['ours', 'bare', 'bareHttp'] as const;
const CALLED = { bare: 'bare', bareHttp: 'bare with HTTP' };

/** One run at a time, ours and theirs in turn. */
export async function latency(runs: Runs, rounds: number): Promise<Row[]> {
  const samples: Record<Name, number[][]> = { ours: [], bare: [], bareHttp: [] };
  for (let round = 0; round < rounds; round++) {
    for (const name of NAMES) samples[name].push([]);
    for (let turn = 0; turn < 15; turn++) {
      for (const name of NAMES) samples[name].at(-1)?.push(await timed(runs[name]));
    }
  }
  return (['bare', 'bareHttp'] as const).flatMap((other) =>
    [0.5, 0.95].map((share) => {
      const each = (name: Name) => samples[name].map((round) => percentile(round, share));
      const theirs = each(other);
      return {
        measure: `latency p${share * 100}, ${CALLED[other]}`,
        ours: ms(percentile(samples.ours.flat(), share)),
        bare: ms(percentile(samples[other].flat(), share)),
        ratio: spread(each('ours').map((value, round) => value / (theirs[round] ?? NaN))),
        target: share === 0.5 && other === 'bare' ? '≤ 1.2' : '',
      };
    }),
  );
}

/** Batches of runs, ours and theirs in turn. */
export async function throughput(runs: Runs, rounds: number): Promise<Row[]> {
  const rates: Record<Name, number[]> = { ours: [], bare: [], bareHttp: [] };
  for (let round = 0; round < rounds; round++) {
    for (const name of NAMES) rates[name].push(await rate(runs[name], 100, 20));
  }
  return (['bare', 'bareHttp'] as const).map((other) => ({
    measure: `runs/s, 20 at a time, ${CALLED[other]}`,
    ours: median(rates.ours).toFixed(1),
    bare: median(rates[other]).toFixed(1),
    ratio: spread(rates.ours.map((value, round) => value / (rates[other][round] ?? NaN))),
    target: other === 'bare' ? '≥ 0.8' : '',
  }));
}

/** What a primary that fails adds to a run, beside what one more activity adds to a bare workflow. */
export async function failover(stage: Stage, runs: Runs, rounds: number): Promise<Row[]> {
  const added = async (more: Run, less: Run) => (await timed(more)) - (await timed(less)); // neighbours in time
  const failing = (fault: '500' | '422') => async () => {
    await stage.control({ name: 'openai', task: 'summarize', script: [fault] });
    const addedMs = await added(runs.ours, runs.ours);
    await noOutage(stage);
    return addedMs;
  };
  const costs = {
    '500': failing('500'),
    '422': failing('422'),
    hop: () => added(runs.bare, runs.hop),
    hopHttp: () => added(runs.bareHttp, runs.hopHttp),
  };
  const medians: Record<keyof typeof costs, number[]> = { '500': [], '422': [], hop: [], hopHttp: [] };
  const names = Object.keys(costs) as (keyof typeof costs)[];
  for (let round = 0; round < rounds; round++) {
    const samples = Object.fromEntries(names.map((name) => [name, [] as number[]]));
    for (let turn = 0; turn < 12; turn++) {
      for (const name of names) samples[name]?.push(await costs[name]());
    }
    for (const name of names) medians[name].push(median(samples[name] ?? []));
  }
  return (['500', '422'] as const).flatMap((fault) =>
    (['hop', 'hopHttp'] as const).map((hop) => ({
      measure: `failover on a ${fault}, ${hop === 'hop' ? 'bare hop' : 'bare hop with HTTP'}`,
      ours: ms(median(medians[fault])),
      bare: ms(median(medians[hop])),
      ratio: spread(medians[fault].map((value, round) => value / (medians[hop][round] ?? NaN))),
      target: fault === '500' && hop === 'hop' ? '≤ 1.3' : '',
    })),
  );
}

/** A failure that opens an outage is answered by a probe within a second; the next run must not meet it. */
async function noOutage({ client }: Stage): Promise<void> {
  await until(async () => {
    const { status } = await client.workflow
      .getHandle('outage/openai')
      .describe()
      .catch(() => ({ status: { name: 'NONE' } }));
    return status.name !== 'RUNNING';
  });
}

export async function warmUp(runs: Runs): Promise<void> {
  for (const run of Object.values(runs) as Run[]) await rate(run, 60, 10);
}

function ms(value: number): string {
  return `${value.toFixed(1)} ms`;
}
