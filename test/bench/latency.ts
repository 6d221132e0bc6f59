import { rate, timed, type Runs } from './runs.js';
import { median, percentile } from './statistics.js';
import { ms, print, ratios } from './table.js';

const NAMES = ['ours', 'bare', 'bareHttp'] as const;
type Name = (typeof NAMES)[number];
const CALLED = { bare: 'bare', bareHttp: 'bare with HTTP' };
const MAX_P50 = { bare: '≤ 1.25', bareHttp: '≤ 1.1' };
const MIN_RATE = { bare: '', bareHttp: '≥ 0.95' };
const ROUNDS = 9;
const TURNS = 15;
const RUNS_A_ROUND = 60;

/** One run at a time, ours and theirs in turn. */
export async function latency(runs: Runs): Promise<void> {
  const samples: Record<Name, number[][]> = { ours: [], bare: [], bareHttp: [] };
  for (let round = 0; round < ROUNDS; round++) {
    for (const name of NAMES) samples[name].push([]);
    for (let turn = 0; turn < TURNS; turn++) {
      for (const name of NAMES) samples[name].at(-1)?.push(await timed(runs[name]));
    }
  }
  for (const other of ['bare', 'bareHttp'] as const) {
    for (const share of [0.5, 0.95]) {
      const each = (name: Name) => samples[name].map((round) => percentile(round, share));
      print({
        measure: `latency p${share * 100}, ${CALLED[other]}`,
        ours: ms(percentile(samples.ours.flat(), share)),
        bare: ms(percentile(samples[other].flat(), share)),
        ratio: ratios(each('ours'), each(other)),
        target: share === 0.5 ? MAX_P50[other] : '',
      });
    }
  }
}

/** Batches of runs, ours and theirs in turn. */
export async function throughput(runs: Runs): Promise<void> {
  const rates: Record<Name, number[]> = { ours: [], bare: [], bareHttp: [] };
  for (let round = 0; round < ROUNDS; round++) {
    for (const name of NAMES) rates[name].push(await rate(runs[name], RUNS_A_ROUND, 20));
  }
  for (const other of ['bare', 'bareHttp'] as const) {
    print({
      measure: `runs per second, 20 at a time, ${CALLED[other]}`,
      ours: median(rates.ours).toFixed(1),
      bare: median(rates[other]).toFixed(1),
      ratio: ratios(rates.ours, rates[other]),
      target: MIN_RATE[other],
    });
  }
}

/** Runs with encryption beside runs without, in turn; the second column is without. */
export async function encryption({ sealed, ours }: Runs): Promise<void> {
  const rates: { sealed: number[]; ours: number[] } = { sealed: [], ours: [] };
  for (let round = 0; round < 6; round++) {
    rates.sealed.push(await rate(sealed, 100, 20));
    rates.ours.push(await rate(ours, 100, 20));
  }
  print({
    measure: 'runs per second, 20 at a time, with encryption',
    ours: median(rates.sealed).toFixed(1),
    bare: median(rates.ours).toFixed(1),
    ratio: ratios(rates.sealed, rates.ours),
    target: '≥ 0.9',
  });
}
