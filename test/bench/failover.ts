import { untilNoOutage } from './no-outage.js';
import { timed, type Run, type Runs } from './runs.js';
import type { Stage } from './stage.js';
import { median } from './statistics.js';
import { ms, print, ratios } from './table.js';

/** A fault of each kind that makes a run switch at once, by what the primary answers. */
const KINDS = {
  '500': { kind: 'Unavailable', target: '≤ 1.2' },
  '422': { kind: 'BadRequest', target: '' },
  html: { kind: 'BadOutput', target: '' },
  reset: { kind: 'Unavailable', target: '' },
  '429': { kind: 'RateLimited', target: '≤ 1.3' },
  '401': { kind: 'Auth', target: '≤ 1.3' },
} as const;
type Fault = keyof typeof KINDS;

const ROUNDS = 9;
const TURNS = 3;

/** What a primary that fails adds to a run, beside what one more activity adds to a bare workflow. */
export async function failover(runs: Runs, stage: Stage): Promise<void> {
  const added = async (more: Run, less: Run) => (await timed(more)) - (await timed(less)); // neighbours in time
  const costs: Record<string, () => Promise<number>> = {
    hop: () => added(runs.bare, runs.hop),
    hopHttp: () => added(runs.bareHttp, runs.hopHttp),
  };
  for (const fault of Object.keys(KINDS) as Fault[]) {
    costs[fault] = async () => {
      const plainMs = await timed(runs.ours);
      await stage.control({ name: 'openai', script: [fault] });
      const failedOverMs = await timed(runs.ours);
      if (fault !== '422') await untilNoOutage(stage, 'end it');
      return failedOverMs - plainMs;
    };
  }
  const medians = new Map(Object.keys(costs).map((name) => [name, [] as number[]]));
  for (let round = 0; round < ROUNDS; round++) {
    const samples = new Map(Object.keys(costs).map((name) => [name, [] as number[]]));
    for (let turn = 0; turn < TURNS; turn++) {
      for (const [name, cost] of Object.entries(costs)) {
        // A hop is as short as the noise is long: it is asked more often.
        for (let time = 0; time < (name.startsWith('hop') ? 5 : 1); time++) samples.get(name)?.push(await cost());
      }
    }
    for (const [name, each] of samples) medians.get(name)?.push(median(each));
  }
  const of = (name: string) => medians.get(name) ?? [];
  const row = (measure: string, ours: number[], bare: number[], target = '') => {
    print({ measure, ours: ms(median(ours)), bare: ms(median(bare)), ratio: ratios(ours, bare), target });
  };
  for (const [fault, { kind, target }] of Object.entries(KINDS)) {
    row(`failover, ${kind} (${fault}), bare hop`, of(fault), of('hop'), target);
  }
  row('failover, Unavailable (500), bare hop with HTTP', of('500'), of('hopHttp'));
}
