import { rate, start, TEXT, timed, type Run, type Runs } from './runs.js';
import type { Stage } from './stage.js';
import { median, percentile } from './statistics.js';
import { ms, print, ratios } from './table.js';

const NAMES = ['ours', 'bare', 'bareHttp'] as const;
type Name = (typeof NAMES)[number];
const CALLED = { bare: 'bare', bareHttp: 'bare with HTTP', bareAlike: 'bare alike' };
const MAX_P50 = { bare: '≤ 1.25', bareHttp: '≤ 1.1' };
const ROUNDS = 9;
const TURNS = 15;
/** Fifteen times as many as are under way: in fewer, most of a round is its beginning and its end. */
const RUNS_A_ROUND = 300;

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

/** A step of `ask` beside one of `analyze`: two questions each. */
export async function asking({ ours, asked }: Runs): Promise<void> {
  const samples: Record<'ours' | 'asked', number[][]> = { ours: [], asked: [] };
  for (let round = 0; round < ROUNDS; round++) {
    for (const name of ['ours', 'asked'] as const) samples[name].push([]);
    for (let turn = 0; turn < TURNS; turn++) {
      samples.asked.at(-1)?.push(await timed(asked));
      samples.ours.at(-1)?.push(await timed(ours));
    }
  }
  const each = (name: 'ours' | 'asked') => samples[name].map((round) => percentile(round, 0.5));
  print({
    measure: 'latency p50, ask beside analyze',
    ours: ms(percentile(samples.asked.flat(), 0.5)),
    bare: ms(percentile(samples.ours.flat(), 0.5)),
    ratio: ratios(each('asked'), each('ours')),
    target: '≤ 1.1',
  });
}

/** Batches of runs, ours and theirs in turn. */
export async function throughput(runs: Runs): Promise<void> {
  const rates: Record<'ours' | 'bareHttp' | 'bareAlike', number[]> = { ours: [], bareHttp: [], bareAlike: [] };
  for (let round = 0; round < ROUNDS; round++) {
    for (const name of ['ours', 'bareHttp', 'bareAlike'] as const) {
      rates[name].push(await rate(runs[name], RUNS_A_ROUND, 20));
    }
  }
  for (const other of ['bareHttp', 'bareAlike'] as const) {
    print({
      measure: `runs per second, 20 at a time, ${CALLED[other]}`,
      ours: median(rates.ours).toFixed(1),
      bare: median(rates[other]).toFixed(1),
      ratio: ratios(rates.ours, rates[other]),
      target: other === 'bareHttp' ? '≥ 0.95' : '',
    });
  }
}

/** Runs with encryption beside runs without. */
export function encryption({ sealed, ours }: Runs): Promise<void> {
  return besidePlain('with encryption', sealed, ours, '≥ 0.9');
}

/** Runs of a worker that tells all it can beside runs of one that tells nothing: metrics, traces, logs in JSON, notices. */
export async function telling({ ours }: Runs, stage: Stage): Promise<void> {
  const client = await stage.telling();
  const told = async () => (await start(client, { text: TEXT })).result();
  await rate(told, 60, 10); // warm, as the others are
  await besidePlain('with everything told', told, ours, '≥ 0.95');
}

/** In turn, and each first as often as the other; the second column is without. */
async function besidePlain(what: string, more: Run, without: Run, target: string): Promise<void> {
  const rates: { more: number[]; without: number[] } = { more: [], without: [] };
  for (let round = 0; round < 8; round++) {
    if (round % 2 === 0) rates.more.push(await rate(more, 100, 20));
    rates.without.push(await rate(without, 100, 20));
    if (round % 2 === 1) rates.more.push(await rate(more, 100, 20));
  }
  print({
    measure: `runs per second, 20 at a time, ${what}`,
    ours: median(rates.more).toFixed(1),
    bare: median(rates.without).toFixed(1),
    ratio: ratios(rates.more, rates.without),
    target,
  });
}
